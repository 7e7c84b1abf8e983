"""Danish names for people who do not exist."""

from random import Random

WOMEN = (
    "Agnete", "Amalie", "Anna", "Bodil", "Caroline", "Cecilie", "Ditte", "Ella", "Emma", "Freja", "Gerda", "Helle",
    "Ida", "Jette", "Josefine", "Karla", "Katrine", "Laura", "Lærke", "Maren", "Mathilde", "Nanna", "Olivia", "Petra",
    "Ragnhild", "Sara", "Sofie", "Tilde", "Vera", "Zita",
)  # fmt: skip
MEN = (
    "Adam", "Aksel", "Anders", "Anton", "Asbjørn", "Bjarke", "Carl", "Christian", "Daniel", "Elias", "Esben", "Felix",
    "Gustav", "Hassan", "Ismail", "Jacob", "Jonas", "Kristoffer", "Lasse", "Lucas", "Mads", "Magnus", "Malthe",
    "Mikkel", "Mohamed", "Noah", "Oliver", "Oskar", "Patrick", "Philip", "Ruben", "Samuel", "Sebastian", "Silas",
    "Storm", "Tobias", "Valdemar", "Viktor", "William", "Yusuf",
)  # fmt: skip
SURNAMES = (
    "Abildgaard", "Ahlmann", "Askov", "Bechgaard", "Birkholm", "Borup", "Brøndum", "Bøgelund", "Dalsgaard",
    "Ebbesen", "Egelund", "Elkjær", "Fabricius", "Frandsen", "Gade", "Glerup", "Grønbæk", "Haslund", "Hedegaard",
    "Hvidberg", "Hyldgaard", "Ildved", "Kirkegaard", "Klitgaard", "Kornerup", "Krarup", "Kvist", "Langballe",
    "Lillelund", "Lyngbye", "Madum", "Mosegaard", "Nordentoft", "Nørregaard", "Odgaard", "Pilgaard", "Ravnholt",
    "Rosendal", "Rønne", "Skaarup", "Skovgaard", "Sommer", "Stampe", "Svanholm", "Thorsager", "Tornøe", "Ulstrup",
    "Vadgaard", "Vinther", "Østergaard",
)  # fmt: skip

MARK = "SYNTETISK"
"""Stands after the name of everybody who does not exist."""


def inmate(rng: Random, *, woman: bool) -> str:
    """Give a full name, marked as synthetic."""
    first = rng.choice(WOMEN if woman else MEN)
    return f"{first} {rng.choice(SURNAMES)} ({MARK})"
