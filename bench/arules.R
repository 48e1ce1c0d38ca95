# arules.R DB COUNT -- one side of a comparison (see sides.py): Eclat of the R package arules.
if (!requireNamespace("arules", quietly = TRUE)) {
  cat("the R package arules is not installed (Debian 12 has none)\n")
  quit(status = 77)
}
if (!requireNamespace("RSQLite", quietly = TRUE)) {
  cat("the R package RSQLite is not installed\n")
  quit(status = 77)
}
suppressMessages(library(arules))
arguments <- commandArgs(TRUE)
con <- RSQLite::dbConnect(RSQLite::SQLite(), arguments[1])
rows <- RSQLite::dbGetQuery(con, "SELECT DISTINCT basket, item FROM b")
baskets <- as(split(as.character(rows$item), rows$basket), "transactions")
support <- (as.numeric(arguments[2]) - 0.5) / length(baskets)
say <- function(...) {
  cat(...)
  flush(stdout())
}
say("ready\n")
input <- file("stdin", "r")
found <- 0
while (identical(readLines(input, 1), "go")) {
  took <- system.time(found <- length(eclat(baskets, list(support = support, maxlen = 100, minlen = 1),
                                            list(verbose = FALSE))))
  say(sprintf('{"seconds":%.6f,"cpu":%.6f,"value":%d}\n', took[["elapsed"]],
              took[["user.self"]] + took[["sys.self"]], found))
}
peak <- sub("[^0-9]*([0-9]+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))
say(sprintf('{"quality":%d,"peak_kb":%s}\n', found, peak))
