# R's own answers about its own data: a line for each fit.
#   hw NAME seasonal alpha beta gamma sse f1 f2 f3
#   hwband NAME half widths         snaive, drift, mean, naive NAME upper bounds
#   theta NAME f1 .. f6             croston forecast, then the demand
#   acf NAME, pacf NAME: from lag 1 on
#   stl NAME window robust, then trend and season of every point
suppressMessages(library(forecast))
say <- function(...) cat(..., "\n")
num <- function(x) paste(sprintf("%.15g", x), collapse = " ")
data <- list(AirPassengers = AirPassengers, co2 = co2, Nile = Nile, UKgas = UKgas, JohnsonJohnson = JohnsonJohnson,
             USAccDeaths = USAccDeaths, WWWusage = WWWusage, lynx = lynx, uspop = uspop, nottem = nottem,
             woolyrnq = woolyrnq, presidents = presidents)
only <- commandArgs(trailingOnly = TRUE)
for (name in names(data)) {
  y <- as.ts(data[[name]])
  say("series", name, as.integer(max(1, frequency(y))), num(ifelse(is.na(y), NaN, y)))
}
for (name in c("AirPassengers", "co2", "UKgas", "JohnsonJohnson", "USAccDeaths", "nottem"))
  for (seasonal in c("additive", "multiplicative")) {
    f <- tryCatch(HoltWinters(data[[name]], seasonal = seasonal), error = function(e) NULL)
    if (!is.null(f)) say("hw", name, seasonal, num(c(f$alpha, f$beta, f$gamma, f$SSE, predict(f, 3))))
  }
f <- predict(HoltWinters(co2, seasonal = "additive"), 20, prediction.interval = TRUE)
say("hwband co2", num(f[, "upr"] - f[, "fit"]))
for (name in c("AirPassengers", "Nile")) {
  y <- data[[name]]
  say("snaive", name, num(as.numeric(snaive(y, 30, level = 90)$upper)))
  say("drift", name, num(as.numeric(rwf(y, 30, drift = TRUE, level = 90)$upper)))
  say("mean", name, num(as.numeric(meanf(y, 3, level = 90)$upper)))
  say("naive", name, num(as.numeric(naive(y, 30, level = 90)$upper)))
}
for (name in setdiff(names(data), "presidents"))
  say("theta", name, num(as.numeric(thetaf(data[[name]], h = 6)$mean)))
demand <- c(0, 0, 3, 0, 0, 0, 5, 1, 0, 0, 0, 0, 2, 0, 4, 0, 0, 0, 0, 7, 0, 0, 2, 0)
say("croston", num(as.numeric(croston(demand, h = 1)$mean)), num(demand))
# Robust weights are bisquares at six medians.  Of an even number of points R's stl hands its partial sort the two middle
# ranks in falling order, which that sort does not do, and gets another value than the median now and then: so the
# robust ones are of an odd number.
for (name in c("AirPassengers", "co2", "nottem", "UKgas", "USAccDeaths", "JohnsonJohnson"))
  for (window in list("periodic", 7, 13))
    for (robust in c(FALSE, TRUE)) {
      y <- data[[name]]
      if (robust && length(y) %% 2 == 0) y <- ts(y[-length(y)], frequency = frequency(y))
      f <- stl(y, s.window = window, robust = robust)$time.series
      say("stl", name, if (window == "periodic") 0 else window, as.integer(robust), num(f[, "trend"]), num(f[, "seasonal"]))
    }
f <- decompose(AirPassengers, "multiplicative")
say("classical", "AirPassengers", num(ifelse(is.na(f$trend), NaN, f$trend)), num(f$seasonal))
for (name in names(data)) {
  say("acf", name, num(as.numeric(acf(data[[name]], na.action = na.pass, plot = FALSE)$acf)[-1]))
  say("pacf", name, num(as.numeric(pacf(data[[name]], na.action = na.pass, plot = FALSE)$acf)))
}
