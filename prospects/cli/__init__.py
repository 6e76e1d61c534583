"""The command line of the main job: a file of companies in, a ranked list out."""
