"""What is built, and for what: the options of `lambdabridge build`, checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lambdabridge.build.output import MARK
from lambdabridge.build.runtimes import Target
from lambdabridge.errors import ConfigurationError

INSTALLERS = ("auto", "uv", "pip")


@dataclass(frozen=True)
class Settings:
    """Everything that the command is told.

    folder        the application's own files
    output        the folder that is made
    requirements  files; (): requirements.txt or pyproject.toml of the folder
    exclude       patterns of the application's files that are left out
    include       patterns of those that are taken though .gitignore or the table of sources.py leaves them out
    keep          names of what pruning.py leaves alone: distributions, "tests", "stubs", "po", "bin", "record", "all"
    strict        whether bytecode that can't be made is an error
    """

    folder: Path
    output: Path
    target: Target
    requirements: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    installer: str = "auto"
    strict: bool = False

    def check(self) -> None:
        """Raise ConfigurationError for folders and files that can't be."""
        if not self.folder.is_dir():
            raise ConfigurationError(f"There is no folder {self.folder}; expected the application's folder.")
        if (self.folder / MARK).is_file():
            raise ConfigurationError(
                f"{self.folder} is what an earlier build made; expected the folder of the application that it was made from."
            )
        if self.output.resolve() == self.folder.resolve():
            raise ConfigurationError("--output is the application's own folder; expected another, such as build.")
        if self.output.resolve() in self.folder.resolve().parents:
            raise ConfigurationError(
                f"--output {self.output} has the application's folder in it; expected another one."
            )
        for file in self.requirements:
            if not file.is_file():
                raise ConfigurationError(f"There is no file {file}, which --requirements names.")
