# R's arima about its own data: a line for each series, fit, and automatic order.
#   series NAME season values
#   fit NAME p d q P D Q constant loglik, then 6 means and 6 upper bounds
#   auto NAME aicc
# kappa: the variance that stands for one without bound where values are missing; with R's own, 1e6, likelihoods are
# 0.03 off.
suppressMessages(library(forecast))
num <- function(x) paste(sprintf("%.12g", x), collapse = " ")
gaps <- function(y, at) { y[at] <- NA; y }
data <- list(AirPassengers = AirPassengers, logAir = log(AirPassengers), Nile = Nile, co2 = window(co2, 1985), UKgas = UKgas,
             logUKgas = log(UKgas), JohnsonJohnson = JohnsonJohnson, logJohnson = log(JohnsonJohnson), lynx = lynx,
             loglynx = log(lynx), USAccDeaths = USAccDeaths, LakeHuron = LakeHuron, WWWusage = WWWusage, presidents = presidents,
             gapNile = gaps(Nile, c(3, 30:40, 99)), gapAir = gaps(log(AirPassengers), c(20, 21, 50, 77, 100:102, 140)),
             gapDeaths = gaps(USAccDeaths, c(2, 5, 14, 70)))
for (name in names(data)) cat("series", name, frequency(data[[name]]), num(ifelse(is.na(data[[name]]), NaN, data[[name]])), "\n")
fit <- function(name, order, seasonal = c(0, 0, 0), constant = FALSE) {
  y <- data[[name]]
  f <- tryCatch(Arima(y, order, seasonal, include.constant = constant, method = if (anyNA(y)) "ML" else "CSS-ML",
                      optim.control = list(reltol = 1e-12, maxit = 500), kappa = 1e9), error = function(e) NULL)
  if (is.null(f)) return()
  ahead <- forecast(f, 6, level = 95)
  cat("fit", name, order, seasonal, as.integer(constant), num(c(f$loglik, ahead$mean, ahead$upper)), "\n")
}
for (name in c("Nile", "lynx", "loglynx", "LakeHuron", "WWWusage", "gapNile")) {
  for (order in list(c(1, 0, 0), c(2, 0, 1))) fit(name, order, constant = TRUE)
  for (order in list(c(0, 1, 1), c(1, 1, 1))) { fit(name, order); fit(name, order, constant = TRUE) }
  for (order in list(c(3, 1, 0), c(0, 2, 2))) fit(name, order)
}
for (name in c("UKgas", "logUKgas", "JohnsonJohnson", "logJohnson", "presidents")) {
  fit(name, c(0, 1, 1), c(0, 1, 1)); fit(name, c(1, 1, 1), c(1, 1, 0))
  fit(name, c(1, 0, 0), c(1, 1, 1), TRUE); fit(name, c(1, 0, 0), c(1, 0, 0), TRUE)
}
for (name in c("AirPassengers", "logAir", "co2", "USAccDeaths", "gapDeaths")) fit(name, c(0, 1, 1), c(0, 1, 1))
for (name in c("logAir", "USAccDeaths", "gapAir")) fit(name, c(1, 0, 0), c(0, 1, 1), TRUE)
for (name in c("Nile", "WWWusage", "lynx", "LakeHuron", "JohnsonJohnson", "logJohnson", "UKgas", "gapNile"))
  cat("auto", name, num(auto.arima(data[[name]], approximation = FALSE)$aicc), "\n")
