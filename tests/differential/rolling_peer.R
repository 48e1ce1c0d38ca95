# R's accuracy() of forecasts from ten origins, six steps ahead: a line for each method and series.
#   series NAME season values
#   figures NAME method rmse mae mape smape mase bias covered; then mae of each distance, by tsCV's errors
suppressMessages(library(forecast))
say <- function(...) cat(..., "\n")
num <- function(x) paste(sprintf("%.15g", x), collapse = " ")
h <- 6
line <- function(y, h, level = 90) forecast(tslm(y ~ trend), h = h, level = level)
methods <- list(naive = naive, seasonal_naive = snaive, drift = function(y, h, level = 90) rwf(y, h, drift = TRUE, level = level), mean = meanf, trend = line)
data <- list(AirPassengers = AirPassengers, Nile = Nile, UKgas = UKgas, USAccDeaths = USAccDeaths)
for (name in names(data)) {
  y <- data[[name]]
  n <- length(y)
  say("series", name, as.integer(frequency(y)), num(y))
  for (method in names(methods)) {
    all <- NULL
    far <- matrix(NA, 10, h)
    for (k in 1:10) {
      origin <- n - h - 10 + k
      f <- methods[[method]](subset(y, end = origin), h, level = 90)
      test <- subset(y, start = origin + 1, end = origin + h)
      a <- accuracy(f, test)["Test set", ]
      e <- as.numeric(test) - as.numeric(f$mean)
      far[k, ] <- abs(e)
      all <- rbind(all, c(a["RMSE"]^2, a["MAE"], a["MAPE"] / 100, mean(2 * abs(e) / (abs(test) + abs(f$mean))), a["MASE"], a["ME"], mean(test >= f$lower & test <= f$upper)))
    }
    m <- colMeans(all)
    say("figures", name, method, num(c(sqrt(m[1]), m[-1])), num(colMeans(far)))
  }
}
# The errors of one of them are tsCV's.
e <- tsCV(AirPassengers, naive, h = h)
say("tscv AirPassengers", num(mean(abs(e[(144 - h - 9):(144 - h), ]))))
