# What R says of the tables that test_factor.py writes into a folder.
#   Rscript factor_peer.R FOLDER      every line: case, what, numbers; columns first
at <- function(name) as.matrix(read.csv(file.path(commandArgs(TRUE)[1], name)))
say <- function(case, what, v) cat(case, what, sprintf("%.17g", as.vector(v)), "\n")
exact <- list(opt = list(factr = 1, pgtol = 0, maxit = 10000))
# R's varimax stops before the optimum, whatever eps is: once more from where it stopped, until it stays.
tight <- function(x) {
  for (i in 1:300) {
    was <- x
    x <- unclass(varimax(x, eps = 1e-15)$loadings)
    if (max(abs(x - was)) < 1e-9) break
  }
  x
}
for (case in c("plain", "noisy", "oblique", "ordinal", "wide")) {
  m <- at(paste0(case, ".csv"))
  k <- as.integer(readLines(file.path(commandArgs(TRUE)[1], paste0(case, ".k"))))
  f <- factanal(m, k, rotation = "none", control = exact)
  say(case, "uniqueness", f$uniquenesses)
  say(case, "none", f$loadings)
  say(case, "criterion", f$criteria["objective"])
  if (!is.null(f$STATISTIC)) say(case, "test", c(f$STATISTIC, f$dof, f$PVAL))
  l <- unclass(f$loadings)
  v <- if (k > 1) tight(l) else l
  say(case, "varimax", v)
  if (k > 1) say(case, "once", unclass(varimax(l)$loadings))
  cv <- cor(m); z <- scale(m)
  say(case, "regression", z %*% solve(cv, v))
  d <- t(v / f$uniquenesses)
  say(case, "bartlett", t(solve(d %*% v, d %*% t(z))))
  if (k > 1) {
    q <- v * abs(v)^3
    u <- lm.fit(v, q)$coefficients
    u <- u %*% diag(sqrt(diag(solve(t(u) %*% u))))
    p <- v %*% u; phi <- solve(t(u) %*% u)
    say(case, "promax", p)
    say(case, "phi", phi)
    say(case, "oblique", z %*% solve(cv, p) %*% phi)
  }
}
