"""What it all amounts to: models come with suites and test results."""
