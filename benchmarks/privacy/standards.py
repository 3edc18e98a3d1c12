"""Identifiers made as their standards define them. Own arithmetic: no check of the gateway is used.

Every function takes a random generator and returns one valid value, written as people write it."""

import datetime
from collections.abc import Callable
from random import Random

# GB/T 2260: counties and districts of all provinces
_REGIONS = """
110101 110105 110108 120101 120104 130102 130203 130604 140105 140202 150102 150203 210102 210203 210302 220102
220104 220203 220302 220303 220322 220323 220382 230102 230103 230203 310101 310104 310115 320102 320505 320583
330102 330106 330203 340102 340111 340202 350102 350203 350583 360102 360111 360702 370102 370203 370602 410102
410105 410302 420102 420106 420503 430102 430104 430602 440103 440106 440304 440305 440605 441900 450102 450103
450302 460105 460106 500103 500112 510104 510107 510704 520102 520103 530102 530103 540102 610102 610113 620102
620103 630102 630103 640104 640105 650102 650103 710000
"""
REGIONS = _REGIONS.split()
PLATES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# ISO 3166-1 numeric, as the foreign permanent resident card carries it
_NATIONS = """
036 124 250 276 356 360 392 410 458 608 643 702 704 764 826 840
"""
NATIONS = _NATIONS.split()


def digits(rng: Random, n: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def day(rng: Random, first: int = 1940, last: int = 2008) -> datetime.date:
    start = datetime.date(first, 1, 1).toordinal()
    return datetime.date.fromordinal(rng.randint(start, datetime.date(last, 12, 31).toordinal()))


def _mod11_2(body: str) -> str:
    """ISO 7064 MOD 11-2, by its recursion instead of a table of weights."""
    rest = 0
    for c in body:
        rest = (rest + int(c)) * 2 % 11
    check = (12 - rest) % 11
    return "X" if check == 10 else str(check)


def luhn_check(body: str) -> str:
    total = 0
    for place, c in enumerate(reversed(body)):
        n = int(c) * (2 if place % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return str(-total % 10)


def resident_id(rng: Random) -> str:
    """GB 11643-1999."""
    body = rng.choice(REGIONS) + day(rng).strftime("%Y%m%d") + f"{rng.randint(1, 999):03}"
    return body + _mod11_2(body)


def residence_permit(rng: Random) -> str:
    """Residence permit for residents of Hong Kong, Macau, Taiwan (State Council, 2018): 81/82/83 0000."""
    body = rng.choice(("810000", "820000", "830000")) + day(rng).strftime("%Y%m%d") + f"{rng.randint(1, 999):03}"
    return body + _mod11_2(body)


def foreign_resident_id(rng: Random) -> str:
    """Foreign permanent resident card (2023): 9, province, nation, date of birth, sequence, check."""
    body = (
        "9" + rng.choice(REGIONS)[:2] + rng.choice(NATIONS) + day(rng).strftime("%Y%m%d") + f"{rng.randint(1, 999):03}"
    )
    return body + _mod11_2(body)


def old_id(rng: Random) -> str:
    """GB 11643-1989: 15 digits."""
    return rng.choice(REGIONS[:-1]) + day(rng, 1930, 1999).strftime("%y%m%d") + f"{rng.randint(1, 999):03}"


# MIIT numbering plan: segments in use by the four operators, with machine and virtual segments
_MOBILE_SEGMENTS = """
130 131 132 133 134 135 136 137 138 139 145 146 147 148 149 150 151 152 153 155 156 157 158 159 162 165 166 167 170
171 172 173 174 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199
"""
MOBILE_SEGMENTS = _MOBILE_SEGMENTS.split()


def mobile(rng: Random) -> str:
    """ITU-T E.164, country code 86; the country code is written now and then."""
    return rng.choice(("", "", "", "", "+86", "+86 ", "86")) + rng.choice(MOBILE_SEGMENTS) + digits(rng, 8)


_AREAS_8 = """
010 020 021 022 023 024 025 027 028 029 0311 0371 0431 0451 0512 0532 0571 0591 0731 0755 0769
"""
AREAS_8 = _AREAS_8.split()
_AREAS_7 = """
0434 0433 0435 0437 0470 0555 0717 0838 0870 0911 0941 0951 0975 0994 0359 0396
"""
AREAS_7 = _AREAS_7.split()


def landline(rng: Random) -> str:
    """Area code and 7 or 8 digits that begin with 2-8, with a hyphen, brackets or nothing."""
    code, size = (rng.choice(AREAS_8), 8) if rng.random() < 0.6 else (rng.choice(AREAS_7), 7)
    number = rng.choice("2345678") + digits(rng, size - 1)
    return rng.choice((f"{code}-{number}", f"{code}-{number}", f"({code}){number}", f"{code}{number}"))


# issuer numbers of UnionPay (62) as banks print them, with the length of the card
CARDS = (
    ("621700", 19), ("622202", 19), ("621226", 19), ("622848", 19), ("621661", 19), ("622262", 17), ("622588", 16),
    ("622609", 16), ("621483", 16), ("622908", 18), ("623058", 19), ("621799", 19), ("622150", 19), ("622521", 16),
    ("625900", 16), ("628288", 16), ("622700", 19), ("620522", 19),
)  # fmt: skip


def bank_card(rng: Random) -> str:
    """ISO/IEC 7812-1."""
    issuer, size = rng.choice(CARDS)
    body = issuer + digits(rng, size - len(issuer) - 1)
    return body + luhn_check(body)


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(rng: Random) -> str:
    """GB 32100-2015: department, kind, region, organisation code, check modulo 31 with powers of 3."""
    head = rng.choice(("91", "91", "92", "93", "51", "52", "53", "12", "11", "13", "19", "54", "N1", "A1", "Y1"))
    body = head + rng.choice(REGIONS[:-1]) + org_code(rng).replace("-", "").translate(str.maketrans("IOSVZ", "ABCDE"))
    body = body[:16] + _org_check(body[8:16])
    total = sum(_USCC.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + _USCC[-total % 31]


def _org_check(body: str) -> str:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(alphabet.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def org_code(rng: Random) -> str:
    """GB 11714-1997, as printed: with a hyphen."""
    body = (
        digits(rng, 8)
        if rng.random() < 0.5
        else "MA" + "".join(rng.choice("0123456789ABCDEFGHJKLMNPQR") for _ in range(6))
    )
    while body[:2] in ("19", "20"):
        body = digits(rng, 8)
    return f"{body}-{_org_check(body)}"


def passport(rng: Random) -> str:
    """Exit and Entry Administration: ordinary E and G, E and a letter, diplomatic, service, public affairs."""
    kind = rng.choice(("E", "E", "E", "G", "G", "D", "S", "P", "EA"))
    if kind == "EA":
        return "E" + rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") + digits(rng, 7)
    return kind + rng.choice("034567") + digits(rng, 7)


def hk_macau_permit(rng: Random) -> str:
    """Mainland travel permit for residents of Hong Kong and Macau."""
    return rng.choice("HM") + rng.choice("0345678") + digits(rng, 7) + rng.choice(("", f"{rng.randint(0, 9):02}"))


def hong_kong_id(rng: Random) -> str:
    """Registration of Persons: one or two letters, six digits, check modulo 11 in brackets."""
    head = rng.choice(("A", "C", "D", "E", "G", "H", "K", "P", "R", "S", "V", "Y", "Z", "WX", "XA", "XB"))
    body = digits(rng, 6)
    padded = ([36] if len(head) == 1 else []) + [ord(c) - 55 for c in head] + [int(c) for c in body]
    rest = -sum(value * weight for value, weight in zip(padded, range(9, 1, -1), strict=True)) % 11
    return f"{head}{body}({'A' if rest == 10 else rest})"


def taiwan_id(rng: Random) -> str:
    """A letter for the county, the sex, seven digits, a check modulo 10."""
    letter = rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    number = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter) + 10
    body = rng.choice("12") + digits(rng, 7)
    total = number // 10 + number % 10 * 9 + sum(int(c) * (8 - i) for i, c in enumerate(body))
    return letter + body + str(-total % 10)


def plate(rng: Random) -> str:
    """GA 36-2018: five characters, or six for new energy."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    head = rng.choice(PLATES) + rng.choice(letters)
    if rng.random() < 0.3:
        return head + rng.choice("DF") + rng.choice(letters + "0123456789") + digits(rng, 4)
    body = list(digits(rng, 5))
    for place in rng.sample(range(5), rng.randint(0, 2)):
        body[place] = rng.choice(letters)
    return head + "".join(body)


_VIN = {c: int(v) for c, v in zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)}


def vin(rng: Random) -> str:
    """ISO 3779 / GB 16735: a maker in China, check at the ninth place, four digits at the end."""
    alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    head = "L" + "".join(rng.choice(alphabet) for _ in range(7))
    tail = "".join(rng.choice(alphabet) for _ in range(4)) + digits(rng, 4)
    text = head + "0" + tail
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum((int(c) if c.isdigit() else _VIN[c]) * w for c, w in zip(text, weights, strict=True)) % 11
    return head + ("X" if rest == 10 else str(rest)) + tail


def imei(rng: Random) -> str:
    """3GPP TS 23.003: type allocation code, serial number, Luhn."""
    body = rng.choice(("35", "86", "86")) + digits(rng, 12)
    return body + luhn_check(body)


def email(rng: Random) -> str:
    """RFC 5321."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    user = rng.choice(letters) + "".join(rng.choice(letters + "0123456789._") for _ in range(rng.randint(3, 10))) + "x"
    return f"{user}@{rng.choice(('qq.com', '163.com', 'gmail.com', 'mail.example.com.cn', 'jlu.edu.cn'))}"


def ip_address(rng: Random) -> str:
    """RFC 791, or RFC 4291."""
    if rng.random() < 0.3:
        return "2408:" + ":".join(f"{rng.randint(256, 65535):x}" for _ in range(7))
    return f"{rng.choice((36, 58, 113, 119, 175, 218, 221))}." + ".".join(str(rng.randint(1, 254)) for _ in range(3))


def mac_address(rng: Random) -> str:
    """IEEE 802, MAC-48."""
    return rng.choice(":-").join(f"{rng.randint(0, 255):02X}" for _ in range(6))


def wechat(rng: Random) -> str:
    """The automatic account name of WeChat."""
    return "wxid_" + "".join(rng.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(14))


def coordinates(rng: Random) -> str:
    """Longitude and latitude inside China, six decimals."""
    return f"{rng.uniform(75, 134):.6f}{rng.choice((',', ', '))}{rng.uniform(19, 52):.6f}"


def address(rng: Random) -> str:
    """GB/T 23705: county, road, house, room."""
    road = rng.choice(("人民", "解放", "中山", "建设", "新华", "爱民", "平东", "北新", "紫气", "海丰"))
    kind = rng.choice(("路", "街", "大街", "大路"))
    county = rng.choice(
        ("吉林省四平市铁西区", "四平市铁东区", "梨树县", "长春市朝阳区", "北京市海淀区", "广州市天河区")
    )
    room = rng.choice(
        ("", f"{rng.randint(1, 9)}单元{rng.randint(101, 2609)}室", f"{rng.randint(1, 30)}栋{rng.randint(101, 999)}")
    )
    return f"{county}{road}{kind}{rng.randint(1, 1999)}号{room}"


VALID: dict[str, tuple[str, Callable[[Random], str]]] = {
    "resident ID": ("CN_RESIDENT_ID", resident_id),
    "residence permit": ("CN_RESIDENT_ID", residence_permit),
    "foreign permanent resident": ("CN_RESIDENT_ID", foreign_resident_id),
    "old ID": ("CN_OLD_ID", old_id),
    "mobile": ("CN_MOBILE", mobile),
    "landline": ("CN_LANDLINE", landline),
    "bank card": ("CN_BANK_CARD", bank_card),
    "credit code": ("CN_USCC", uscc),
    "organisation code": ("CN_ORG_CODE", org_code),
    "passport": ("CN_PASSPORT", passport),
    "Hong Kong and Macau permit": ("HK_MACAU_PERMIT", hk_macau_permit),
    "Hong Kong ID": ("HONG_KONG_ID", hong_kong_id),
    "Taiwan ID": ("TAIWAN_ID", taiwan_id),
    "plate": ("CN_PLATE", plate),
    "VIN": ("VIN", vin),
    "IMEI": ("IMEI", imei),
    "email": ("EMAIL", email),
    "IP address": ("IP_ADDRESS", ip_address),
    "MAC address": ("MAC_ADDRESS", mac_address),
    "WeChat": ("WECHAT", wechat),
    "coordinates": ("COORDINATES", coordinates),
    "address": ("ADDRESS", address),
}
