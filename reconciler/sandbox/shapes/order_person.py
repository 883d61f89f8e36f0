"""Who bought and how it was paid: the personal data of an order."""

from ..people import Person
from ..state import Order


def profile(person: Person) -> dict[str, object]:
    nothing = (
        "corporateName",
        "tradeName",
        "corporateDocument",
        "stateInscription",
        "corporatePhone",
        "customerClass",
        "customerCode",
    )
    return {
        "id": "clientProfileData",
        "email": person.email,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "documentType": "cpf",
        "document": person.document,
        "phone": person.phone,
        "isCorporate": False,
        "userProfileId": f"profile-{person.document}",
        "userProfileVersion": None,
        **dict.fromkeys(nothing),
    }


def payment(order: Order, person: Person, amount: int) -> dict[str, object]:
    one = {
        "id": f"PAY{order.sequence}",
        "paymentSystem": "2",
        "paymentSystemName": "Visa",
        "value": amount,
        "installments": 1,
        "referenceValue": amount,
        "cardHolder": person.full_name,
        "lastDigits": person.document[:4],
        "group": "creditCard",
    }
    transaction = {
        "isActive": True,
        "transactionId": f"TX{order.sequence}",
        "merchantName": "",
        "payments": [one],
    }
    return {"transactions": [transaction], "giftCards": []}
