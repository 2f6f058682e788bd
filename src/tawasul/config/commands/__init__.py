"""One module a subcommand: ``run(arguments) -> exit status``."""
