# R's own answers about its own data: a line for each fit.
#   hw NAME seasonal alpha beta gamma sse f1 f2 f3
#   ets NAME form loglik            (each form of the default ones, bounds as in ets())
#   band NAME form sigma2 then mean and high of 14 steps, of the parameters and states that follow
suppressMessages(library(forecast))
say <- function(...) cat(..., "\n")
num <- function(x) paste(sprintf("%.12g", x), collapse = " ")
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
forms <- expand.grid(e = c("A", "M"), t = c("N", "A", "Ad"), s = c("N", "A", "M"), stringsAsFactors = FALSE)
for (name in setdiff(names(data), "presidents")) {
  y <- data[[name]]
  m <- frequency(y)
  for (i in seq_len(nrow(forms))) {
    e <- forms$e[i]; t <- forms$t[i]; s <- forms$s[i]
    if ((e == "A" && s == "M") || (s != "N" && m <= 1)) next
    f <- tryCatch(ets(y, paste0(e, substr(t, 1, 1), s), damped = t == "Ad"), error = function(x) NULL)
    if (!is.null(f) && is.finite(f$loglik)) say("ets", name, paste0(e, ",", t, ",", s), num(f$loglik))
  }
}
for (name in c("AirPassengers", "Nile")) {
  y <- data[[name]]
  say("snaive", name, num(as.numeric(snaive(y, 30, level = 90)$upper)))
  say("drift", name, num(as.numeric(rwf(y, 30, drift = TRUE, level = 90)$upper)))
  say("mean", name, num(as.numeric(meanf(y, 3, level = 90)$upper)))
  say("naive", name, num(as.numeric(naive(y, 30, level = 90)$upper)))
}
