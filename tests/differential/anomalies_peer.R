# R's tsoutliers (forecast) on R's own series with three far values planted:
#   planted NAME season n, then 3 places, how many R finds, its places, and the values
suppressMessages(library(forecast))
for (name in c("AirPassengers", "co2", "nottem", "USAccDeaths", "woolyrnq", "Nile")) {
  set.seed(7)
  y <- as.ts(get(name))
  at <- sort(sample(10:(length(y) - 10), 3))
  y[at] <- y[at] + c(1, -1, 1) * 6 * mad(diff(as.numeric(y)))
  found <- tsoutliers(y)$index
  cat("planted", name, max(1, frequency(y)), length(y), at, length(found), found, sprintf("%.12g", y), "\n")
}
