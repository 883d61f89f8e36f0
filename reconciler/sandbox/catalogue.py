"""A pet shop's range: invented goods, plausible prices in cents of BRL, and where they are kept."""

from .account import Account
from .state import Pair, Sku, Warehouse

WAREHOUSES = (
    ("1_1", "Centro de Distribuição Cajamar"),
    ("CD_SP", "CD São Paulo"),
    ("cd_sp", "CD São Paulo (loja física)"),
    ("Loja Paulista/01", "Loja Paulista"),
    ("depósito.sul~2", "Depósito Sul"),
)
FOODS = (
    ("Ração para Cães Adultos Frango e Arroz", (("1 kg", 2890), ("3 kg", 7490), ("15 kg", 24990))),
    ("Ração para Cães Filhotes Carne", (("1 kg", 3190), ("3 kg", 8290), ("15 kg", 27990))),
    ("Ração para Cães Sênior Peru", (("2,5 kg", 8990), ("10 kg", 25990))),
    ("Ração para Gatos Castrados Salmão", (("1,5 kg", 6990), ("3 kg", 12490), ("10,1 kg", 31990))),
    ("Ração para Gatos Filhotes Frango", (("1,5 kg", 7290), ("7,5 kg", 26990))),
    ("Sachê para Gatos Atum ao Molho", (("85 g", 349), ("caixa com 12", 3890))),
    ("Sachê para Cães Carne ao Molho", (("100 g", 389), ("caixa com 12", 4290))),
    ("Alimento para Peixes em Flocos", (("20 g", 1490), ("100 g", 4490))),
    ("Mistura de Sementes para Calopsitas", (("500 g", 1890), ("2 kg", 5990))),
    ("Ração Extrusada para Coelhos", (("500 g", 2190), ("3 kg", 8990))),
)
CARE = (
    ("Areia Higiênica Grãos Finos", (("4 kg", 2490), ("12 kg", 5990))),
    (
        "Tapete Higiênico Extra Absorvente",
        (("7 unidades", 1990), ("30 unidades", 6490), ("60 unidades", 11990)),
    ),
    ("Antipulgas e Carrapatos Comprimido", (("até 4 kg", 8990), ("4 a 10 kg", 9990), ("10 a 25 kg", 11990))),
    ("Shampoo Hipoalergênico", (("500 ml", 3990), ("5 l", 14990))),
    ("Vermífugo Comprimidos", (("4 unidades", 3290),)),
    ("Suplemento para Articulações", (("60 tabletes", 9890),)),
    ("Escova Tira-Pelos", (("P", 3490), ("G", 4590))),
    ("Cortador de Unhas em Inox", (("único", 2990),)),
    ("Lenços Umedecidos", (("100 unidades", 2290),)),
)
THINGS = (
    ("Coleira Antipuxão Ajustável", (("P", 5990), ("M", 6990), ("G", 7990))),
    ("Guia Retrátil 5 m", (("até 15 kg", 7490), ("até 40 kg", 9990))),
    ("Cama Redonda Pelúcia", (("P", 9990), ("M", 13990), ("G", 18990))),
    ("Arranhador Torre Sisal", (("60 cm", 12990), ("120 cm", 29990))),
    ("Fonte Bebedouro Elétrica", (("2 l", 15990),)),
    ("Comedouro Inox Antiderrapante", (("300 ml", 2990), ("900 ml", 4990))),
    ("Caixa de Transporte", (("nº 1", 8990), ("nº 3", 16990))),
    ("Brinquedo Mordedor Borracha", (("osso", 2490), ("bola", 1990))),
    ("Varinha com Pena para Gatos", (("única", 1790),)),
    ("Aquário com Filtro e LED", (("20 l", 24990), ("40 l", 39990))),
    ("Gaiola para Calopsita", (("branca", 21990),)),
)
KIT = "Kit Filhote: ração 3 kg, comedouro e tapete"
SAMPLE = "Amostra Grátis Sachê 85 g"
PRESALE = "Calendário do Advento para Cães (pré-venda)"


def stock_shelves(account: Account, *, wide: bool = True) -> None:
    """Every SKU in two to all warehouses (`wide`), or a few SKUs in three of them."""
    places = WAREHOUSES if wide else WAREHOUSES[:3]
    for number, (warehouse, name) in enumerate(places, start=1):
        account.warehouses[warehouse] = Warehouse(warehouse, name, f"doca-{number}")
    goods = [(f"{name} {size}", price) for name, sizes in (*FOODS, *CARE, *THINGS) for size, price in sizes]
    for number, (name, price) in enumerate(goods if wide else goods[:18]):
        add_sku(account, "0123" if number == 7 else "123" if number == 8 else str(1001 + number), name, price)
    for number, sku in enumerate(list(account.skus)):
        chance = account.chance("shelf", sku)
        for place, (warehouse, _) in enumerate(places):
            if place < 2 or (number + place) % 3 == 0 or not wide:
                restock = chance.choice((24, 36, 48, 60))
                account.pairs[sku, warehouse] = Pair(
                    sku, warehouse, total=restock, on_shelf=restock, restock_to=restock
                )


def add_sku(account: Account, sku_id: str, name: str, price: int) -> Sku:
    number = 500 + len(account.skus)
    sku = Sku(
        sku_id, name, price, ean=str(7891000000000 + number * 7), ref=f"PET-{number:04d}", product=number
    )
    account.skus[sku_id] = sku
    return sku


def add_specials(account: Account) -> None:
    """A kit, a free sample without limit, and a pre-sale lot; ids 2001 to 2003."""
    kit = add_sku(account, "2001", KIT, 15990)
    kit.kit = [("1005", 1), ("1010", 2)]
    for sku, warehouse in [("1005", "1_1"), ("1010", "1_1")]:
        account.pairs[sku, warehouse].restock_to = 60
    account.pairs["2001", "1_1"] = Pair("2001", "1_1", total=0, on_shelf=0)
    if account.switches["U11"] == "kit_sku":
        account.pairs["2001", "1_1"] = Pair("2001", "1_1", total=30, on_shelf=30)
    add_sku(account, "2002", SAMPLE, 1)
    account.pairs["2002", "1_1"] = Pair("2002", "1_1", total=0, on_shelf=5000, unlimited=True)
    add_sku(account, "2003", PRESALE, 8990)
    account.pairs["2003", "1_1"] = Pair("2003", "1_1", total=50, on_shelf=50, lot="advento")
