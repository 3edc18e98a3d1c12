"""What became of a package, and what to do next: the words of a receipt's ``disposition``."""

from enum import StrEnum


class Disposition(StrEnum):
    """The outcome of a reception, as it stands on the receipt and in the register."""

    PROCESSED = "processed"
    INTEGRITY = "failed/integrity"
    DECRYPT = "failed/decrypt"
    UNKNOWN_SIGNER = "failed/unknown-signer"
    DUPLICATE = "failed/duplicate"
    WRONG_RECIPIENT = "failed/wrong-recipient"
    ROW_MISMATCH = "failed/row-mismatch"


SAID: dict[Disposition, tuple[str, str]] = {
    Disposition.PROCESSED: ("已接收", "received"),
    Disposition.INTEGRITY: ("未接收：不完整或被改动", "refused: not whole, or changed"),
    Disposition.DECRYPT: ("未接收：口令打不开", "refused: the passphrase doesn't open it"),
    Disposition.UNKNOWN_SIGNER: ("未接收：签名不被承认", "refused: a signature is not accepted"),
    Disposition.DUPLICATE: ("未接收：重复", "refused: received before"),
    Disposition.WRONG_RECIPIENT: ("未接收：收件人是他人", "refused: for someone else"),
    Disposition.ROW_MISMATCH: ("未接收：行数不符", "refused: the row counts differ"),
}
"""Each disposition in a person's words."""

NEXT: dict[Disposition, tuple[str, str]] = {
    Disposition.PROCESSED: ("无需处理", "nothing to do"),
    Disposition.INTEGRITY: (
        "请勿使用该包；告知平台联系人，由其重新投递后再执行 gateway receive",
        "don't use this package; tell the platform's contact, then run gateway receive on what is sent again",
    ),
    Disposition.DECRYPT: (
        "核对口令后再次执行 gateway receive；口令无误仍失败，请联系平台联系人",
        "check the passphrase and run gateway receive again; if it is right, tell the platform's contact",
    ),
    Disposition.UNKNOWN_SIGNER: (
        "请勿使用该包；通过电话向平台联系人核对签名密钥指纹",
        "don't use this package; compare the key's fingerprint with the platform's contact by telephone",
    ),
    Disposition.DUPLICATE: (
        "以已登记的一份为准；内容不同的，告知平台联系人",
        "the one registered before stands; if the content differs, tell the platform's contact",
    ),
    Disposition.WRONG_RECIPIENT: (
        "请勿打开；告知平台联系人",
        "don't open it; tell the platform's contact",
    ),
    Disposition.ROW_MISMATCH: (
        "请勿使用该包；告知平台联系人共同核对行数",
        "don't use this package; compare the row counts with the platform's contact",
    ),
}
