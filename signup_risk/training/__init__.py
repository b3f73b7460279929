"""Train and judge models on labelled history, through the functions that serve."""
