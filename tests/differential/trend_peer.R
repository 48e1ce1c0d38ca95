# R's tslm: a line for each fit.
#   series NAME season values        x NAME of the steps past and to come
#   fit NAME season of the fit, regressors, then per step ahead mean, low, high; sigma; AICc; coefficients
suppressMessages(library(forecast))
say <- function(...) cat(..., "\n")
num <- function(x) paste(sprintf("%.15g", x), collapse = " ")
set.seed(7)
h <- 8
data <- list(AirPassengers = AirPassengers, Nile = Nile, UKgas = UKgas, presidents = presidents, nottem = nottem)
for (name in names(data)) {
  y <- data[[name]]
  n <- length(y)
  m <- max(1, frequency(y))
  price <- 10 + rnorm(n + h)
  promo <- as.numeric((1:(n + h)) %% 7 == 3)
  all <- data.frame(price = price, promo = promo, one = 1, sum = price + promo)
  say("series", name, m, num(ifelse(is.na(y), NaN, y)))
  say("x", name, num(price), num(promo))
  for (season in c(0, 1)) for (k in c(0, 2, 4)) {
    if (season && m == 1) next
    terms <- c("trend", if (season) "season", names(all)[seq_len(k)])
    # one and sum follow from the others, which R's predict of such a fit warns of
    f <- tslm(as.formula(paste("y ~", paste(terms, collapse = "+"))), data = all[1:n, ])
    p <- suppressWarnings(if (k) forecast(f, newdata = all[n + 1:h, ], level = 90) else forecast(f, h = h, level = 90))
    say("fit", name, season, k, num(c(rbind(p$mean, p$lower, p$upper))), num(summary(f)$sigma), num(tryCatch(CV(f)["AICc"], error = function(e) NaN)), num(na.omit(coef(f))))
  }
}
