"""The recognizers, one a file, each a Presidio recognizer for language ``zh``.

``CATALOGUE`` names them without importing them: Presidio takes two seconds to load and is needed only for a text that
the gate let through. Where two findings overlap and are equally sure, the earlier in the catalogue stands."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.privacy.recognizers.base import ChineseRecognizer


@dataclass(frozen=True, slots=True)
class Entry:
    """A recognizer: its entity, module, class, version, standard."""

    entity: str
    module: str
    name: str
    version: str
    standard: str


CATALOGUE: tuple[Entry, ...] = (
    Entry("CN_RESIDENT_ID", "resident_id", "ResidentId", "1.0", "GB 11643-1999"),
    Entry("CN_USCC", "uscc", "CreditCode", "1.0", "GB 32100-2015"),
    Entry("CN_BANK_CARD", "bank_card", "BankCard", "1.0", "ISO/IEC 7812-1"),
    Entry("VIN", "vin", "Vin", "1.0", "GB 16735-2019"),
    Entry("EMAIL", "email", "Email", "1.0", "RFC 5321"),
    Entry("IP_ADDRESS", "ip_address", "IpAddress", "1.0", "RFC 791, RFC 4291"),
    Entry("MAC_ADDRESS", "mac_address", "MacAddress", "1.0", "IEEE 802"),
    Entry("COORDINATES", "coordinates", "Coordinates", "1.0", "ISO 6709"),
    Entry("CN_MOBILE", "mobile", "Mobile", "1.0", "ITU-T E.164 (+86)"),
    Entry("CN_LANDLINE", "landline", "Landline", "1.0", "ITU-T E.164 (+86)"),
    Entry("WECHAT", "wechat", "WeChat", "1.0", "WeChat account rule"),
    Entry("QQ", "qq", "QQ", "1.0", "QQ account rule"),
    Entry("BIRTH_DATE", "birth_date", "BirthDate", "1.0", "GB/T 7408.1-2023"),
    Entry("CN_OLD_ID", "old_id", "OldId", "1.0", "GB 11643-1989"),
    Entry("IMEI", "imei", "Imei", "1.0", "3GPP TS 23.003"),
    Entry("CN_ORG_CODE", "org_code", "OrgCode", "1.0", "GB 11714-1997"),
    Entry("CN_PASSPORT", "passport", "Passport", "1.0", "ICAO 9303 / NIA numbering"),
    Entry("HK_MACAU_PERMIT", "hk_macau_permit", "HongKongMacauPermit", "1.0", "NIA numbering"),
    Entry("TAIWAN_PERMIT", "taiwan_permit", "TaiwanPermit", "1.0", "NIA numbering"),
    Entry("HONG_KONG_ID", "hong_kong_id", "HongKongId", "1.0", "HKID (cap. 177)"),
    Entry("TAIWAN_ID", "taiwan_id", "TaiwanId", "1.0", "Taiwan national ID"),
    Entry("CN_PLATE", "plate", "Plate", "1.0", "GA 36-2018"),
    Entry("ADDRESS", "address", "Address", "1.0", "GB/T 23705-2009"),
    Entry("PERSON_NAME", "person_name", "PersonName", "2.0", "surname rule"),
)
RANK = {entry.entity: rank for rank, entry in enumerate(CATALOGUE)}


def load() -> list["ChineseRecognizer"]:
    """An instance of every recognizer; imports Presidio."""
    return [getattr(import_module(f"{__name__}.{entry.module}"), entry.name)() for entry in CATALOGUE]
