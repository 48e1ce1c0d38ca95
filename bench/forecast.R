# forecast.R DB FUNCTION EVERY -- one side of a comparison (see sides.py): R's forecast.
if (!requireNamespace("forecast", quietly = TRUE)) {
  cat("the R package forecast is not installed (apt-get install r-cran-forecast)\n")
  quit(status = 77)
}
suppressMessages(library(forecast))
arguments <- commandArgs(TRUE)
every <- as.integer(arguments[3])
# Read once, and not timed: what sqlite-mine reads in every run.
read <- function(season) {
  query <- sprintf("SELECT series, v FROM s%d WHERE series %% %d = 0 ORDER BY series, t", season, every)
  rows <- read.csv(pipe(paste("sqlite3 -header -csv", shQuote(arguments[1]), shQuote(query))))
  lapply(split(rows$v, rows$series), ts, frequency = season)
}
series <- c(read(1), read(4), read(12))
runs <- list(ets = function(y) forecast(ets(y), h = 1), thetaf = function(y) thetaf(y, h = 1))
say <- function(...) {
  cat(...)
  flush(stdout())
}
say("ready\n")
input <- file("stdin", "r")
while (identical(readLines(input, 1), "go")) {
  took <- system.time(for (y in series) runs[[arguments[2]]](y))
  say(sprintf('{"seconds":%.6f,"cpu":%.6f,"value":%d}\n', took[["elapsed"]],
              took[["user.self"]] + took[["sys.self"]], length(series) * every))
}
peak <- sub("[^0-9]*([0-9]+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))
say(sprintf('{"quality":null,"peak_kb":%s}\n', peak))
