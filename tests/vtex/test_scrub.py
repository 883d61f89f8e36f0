import pytest

from reconciler.vtex.scrub import MESSAGE_LENGTH, scrub


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("order of someone.else+x@mail.example.com failed", "someone.else"),
        ("document 123.456.789-09 refused", "789"),
        ("document 12345678909 refused", "12345678909"),
        ("cpf12345678909refused", "12345678909"),
        ("cnpj 12.345.678/0001-95 refused", "0001"),
        ("call +55 (21) 99999-8888 now", "99999"),
        ("key vtexappkey-store-ABCDEF is wrong", "ABCDEF"),
        ('{"appToken": "abcDEF123456"}', "abcDEF123456"),
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh12345678"),
        ("jwt eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.payload.sig", "eyJ"),
    ],
)
def test_personal_data_and_keys_are_hidden(text: str, secret: str) -> None:
    assert secret not in scrub(text)
    assert "[hidden]" in scrub(text)


def test_a_known_secret_is_hidden_whatever_it_looks_like() -> None:
    assert scrub("the word plainword leaked", ("plainword",)) == "the word [hidden] leaked"


def test_an_ordinary_sentence_stays() -> None:
    text = "Order status should be ready-for-handling to perform this action"
    assert scrub(text) == text


def test_a_message_is_one_line_of_at_most_200_characters() -> None:
    message = scrub("first\nsecond\x00\t" + "word " * 200)
    assert message.startswith("first second word")
    assert len(message) == MESSAGE_LENGTH
