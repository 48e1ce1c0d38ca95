# R's own special functions: reads lines "function argument ...", prints the values.
# The functions have the names and the arguments of tests/unit/test_special.c; tails are
# 0 lower, 1 upper, 2 log lower, 3 log upper.
sides <- c("two.sided", "less", "greater")
fisher <- function(v) fisher.test(matrix(v[1:4], 2, byrow = TRUE), alternative = sides[v[5] + 1])$p.value
distribution <- list(gamma = pgamma, gamma_quantile = qgamma, beta = pbeta, normal = pnorm,
                     normal_quantile = qnorm, chi2 = pchisq, chi2_quantile = qchisq, t = pt,
                     t_quantile = qt, f = pf, f_quantile = qf, range = ptukey, range_quantile = qtukey)
plain <- list(log_gamma = lgamma, log_gamma_sign = function(x) sign(gamma(x)), log_beta = lbeta,
              log_choose = lchoose, digamma = digamma, trigamma = trigamma, log_gamma1p = function(x) lgamma(1 + x))
one <- function(words) {
  name <- words[1]
  v <- as.numeric(words[-1])
  n <- length(v)
  if (name == "fisher") return(fisher(v))
  if (name == "hypergeometric")
    return(phyper(v[1], v[2], v[3], v[4], lower.tail = v[5] %% 2 == 0, log.p = v[5] >= 2))
  if (!is.null(plain[[name]])) return(do.call(plain[[name]], as.list(v)))
  f <- distribution[[name]]
  do.call(f, c(as.list(v[-n]), list(lower.tail = v[n] %% 2 == 0, log.p = v[n] >= 2)))
}
for (line in readLines(file("stdin")))
  cat(sprintf("%.17g\n", suppressWarnings(one(strsplit(line, " ")[[1]]))))
