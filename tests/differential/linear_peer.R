# What R says of the tables that test_linear.py writes into a folder.
#   Rscript linear_peer.R FOLDER      every line: name of the case, term, value, error, p-value
args <- commandArgs(trailingOnly = TRUE)
at <- function(name) read.csv(file.path(args[1], name), stringsAsFactors = TRUE)
say <- function(case, term, ...) cat(case, term, sprintf("%.17g", c(...)), sep = "\t", fill = FALSE)
line <- function(...) { say(...); cat("\n") }
table_of <- function(case, fit) {
  s <- summary(fit)$coefficients
  for (i in seq_len(nrow(s))) line(case, rownames(s)[i], s[i, 1], s[i, 2], s[i, 4])
}
exact <- glm.control(epsilon = 1e-15, maxit = 100)
# Begun where it ends: the weights of R's standard errors are those before the last step.
settled <- function(formula, family, data) {
  first <- glm(formula, family, data, control = exact)
  glm(formula, family, data, control = exact, start = coef(first))
}
d <- at("rows.csv")
d$k <- relevel(d$k, ref = "b")
table_of("lm", lm(y ~ x0 + x1 + x2 + k, d))
table_of("lm_collinear", lm(y ~ x0 + x1 + I(2 * x0 - x1) + x2, d))
w <- lm(y ~ x0 + x1 + k, d, weights = w)
for (i in seq_along(coef(w))) line("weighted", names(coef(w))[i], coef(w)[i], NA, NA)
table_of("binomial", settled(label ~ x0 + x1 + x2 + k, binomial, d))
table_of("poisson", settled(count ~ x0 + x1 + x2 + k, poisson, d))
table_of("gamma", settled(amount ~ x0 + x1 + x2 + k, Gamma(link = "log"), d))
table_of("mtcars", lm(mpg ~ wt + hp + qsec, at("mtcars.csv")))
table_of("kyphosis", settled(Kyphosis ~ Age + Number + Start, binomial, at("kyphosis.csv")))
if (requireNamespace("nnet", quietly = TRUE)) {
  m <- nnet::multinom(kind ~ x0 + x1, d, trace = FALSE, maxit = 5000, abstol = 1e-14, reltol = 1e-16)
  s <- summary(m)
  for (i in rownames(s$coefficients)) for (j in colnames(s$coefficients))
    line("multinom", paste(j, i), s$coefficients[i, j], s$standard.errors[i, j], NA)
}
if (requireNamespace("glmnet", quietly = TRUE)) {
  glmnet::glmnet.control(fdev = 0, devmax = 1)
  x <- as.matrix(d[, c("x0", "x1", "x2", "x3", "x4")])
  net <- function(case, y, family, alpha, lambda, thresh = 1e-20) {
    f <- glmnet::glmnet(x, y, family = family, alpha = alpha, lambda = lambda * c(16, 8, 4, 2, 1), thresh = thresh, maxit = 1e7)
    b <- coef(f, s = lambda)
    if (is.list(b)) for (k in names(b)) for (j in rownames(b[[k]])) line(case, paste(j, k), b[[k]][j, 1], NA, NA)
    else for (j in rownames(b)) line(case, j, b[j, 1], NA, NA)
  }
  # glmnet divides y by its deviation before it counts the ridge part.
  z <- d$y / sqrt(mean((d$y - mean(d$y))^2))
  for (lambda in c(0.3, 0.03)) for (alpha in c(1, 0.5, 0)) {
    tag <- paste0("_", alpha, "_", lambda)
    net(paste0("net_gaussian", tag), z, "gaussian", alpha, lambda)
    net(paste0("net_binomial", tag), d$label, "binomial", alpha, lambda)
    net(paste0("net_poisson", tag), d$count, "poisson", alpha, lambda)
  }
  net("net_multinomial_1_0.03", d$kind, "multinomial", 1, 0.03)
  net("net_multinomial_0.5_0.01", d$kind, "multinomial", 0.5, 0.01)
  wide <- function(name, family, alpha, lambda) {
    d <- at(paste0(name, ".csv"))
    x <<- as.matrix(d[, names(d) != "y"])
    net(paste(name, alpha, lambda, sep = "_"), d$y, family, alpha, lambda, 1e-13)
  }
  for (lambda in c(0.05, 0.003)) wide("wide", "binomial", 1, lambda)
  wide("wide", "binomial", 0.3, 0.02)
  wide("wide", "binomial", 0, 0.1)
  wide("three", "multinomial", 1, 0.03)
  wide("twins", "binomial", 1, 0.02)
}
