"""``tawasul createadmin``: an administrator's account, asked for at the terminal or given by the environment."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from tawasul.accounts.models import Language, Person, address_key
from tawasul.core.addresses import BadAddress, parse_address
from tawasul.core.text import clean_line

ENVIRONMENT = {
    "username": "TAWASUL_ADMIN_USERNAME",
    "email": "TAWASUL_ADMIN_EMAIL",
    "full_name": "TAWASUL_ADMIN_NAME",
    "password": "TAWASUL_ADMIN_PASSWORD",
}
QUESTIONS = {"username": "User name: ", "email": "E-mail address: ", "full_name": "Full name: "}


class Command(BaseCommand):
    """Makes one account with every permission. Running it again with the same user name changes nothing."""

    help = (
        "Make an administrator's account. What --username, --email and --name do not give is taken from "
        + ", ".join(ENVIRONMENT.values())
        + ", then asked for. The password is never an argument. Set up the second step of sign-in at the first one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--name", dest="full_name", default="")
        parser.add_argument("--language", choices=Language.values, default=Language.AR)

    def handle(self, *_args: Any, **options: Any) -> None:
        username = Person.normalize_username(clean_line(self._answer("username", options)))
        if Person.objects.filter(username=username).exists():
            self.stdout.write(f"There is an account {username} already; nothing was changed.")
            return
        try:
            email = address_key(parse_address(self._answer("email", options)).address)
        except BadAddress as bad:
            raise CommandError(f"This is no e-mail address: {bad.code}") from None
        full_name = clean_line(self._answer("full_name", options))
        password = os.environ.get(ENVIRONMENT["password"], "") or self._ask_password()
        person = Person(username=username, email=email, full_name=full_name)
        try:
            validate_password(password, person)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        try:
            Person.objects.create_superuser(
                username, email, password, full_name=full_name, language=options["language"]
            )
        except IntegrityError:
            raise CommandError("Another account has this e-mail address.") from None
        self.stdout.write(f"The administrator {username} may sign in.")

    def _answer(self, name: str, options: dict[str, Any]) -> str:
        given = options[name] or os.environ.get(ENVIRONMENT[name], "")
        if not given and sys.stdin.isatty():
            given = input(QUESTIONS[name])
        if not given.strip():
            raise CommandError(f"{ENVIRONMENT[name]} is needed where nobody can be asked.")
        return str(given)

    def _ask_password(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError(f"{ENVIRONMENT['password']} is needed where nobody can be asked.")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password again: "):
            raise CommandError("The two passwords differ.")
        return password
