"""Personal data that does not belong to anybody: made up from the seed and the order at run time,
recognisable, never stored.
"""

import random
from dataclasses import dataclass, fields

STARTS = ("Zy", "Quo", "Bru", "Xa", "Vel", "Tro", "Wy", "Kra", "Plo", "Gwe")
MIDDLES = ("rand", "vatt", "mel", "zor", "nimb", "quil", "thax", "bogg", "fruz", "lomp")
ENDS = ("elius", "ovina", "aquor", "istrava", "umbelo", "oradix", "evanto", "ibrunda")
DIGITS = "0123456789"
ERRORS = "errors"
"""Stands for an order: whose data error texts carry."""


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    email: str
    document: str
    phone: str
    street: str
    complement: str
    receiver: str
    note: str
    complaint: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def _word(chance: random.Random) -> str:
    return chance.choice(STARTS) + chance.choice(MIDDLES) + chance.choice(ENDS)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice(DIGITS) for _ in range(count))


def customer(seed: int, order_id: str) -> Person:
    """The customer of an order; the same seed and order give the same person."""
    chance = random.Random(f"{seed}|person|{order_id}")
    first, last = _word(chance), _word(chance)
    mark = _digits(chance, 5)
    return Person(
        first_name=first,
        last_name=last,
        email=f"{first}.{last}{mark}@mail.example".lower(),
        document=_digits(chance, 11),
        phone=f"+5599{_digits(chance, 9)}",
        street=f"Rua {_word(chance)} {_word(chance)}",
        complement=f"Bloco {_word(chance)} {mark}",
        receiver=f"{_word(chance)} {last}",
        note=f"Deixar com {_word(chance)} na portaria {mark}",
        complaint=f"{first} {last} desistiu, ligar para {_digits(chance, 9)}",
    )


def planted(person: Person) -> list[str]:
    """Every string of the person that an answer of the sandbox may carry."""
    return [str(getattr(person, field.name)) for field in fields(person)] + [_written(person.document)]


def gossip(seed: int) -> str:
    """Personal data as error texts repeat it: an address and a document."""
    person = customer(seed, ERRORS)
    return f"{person.email} / CPF {_written(person.document)}"


def _written(document: str) -> str:
    return f"{document[:3]}.{document[3:6]}.{document[6:9]}-{document[9:]}"
