"""A short secret wrapped for one person's SSH key, in the age format (age-encryption.org/v1): ``age -d -i KEY FILE``.

The key that a data manager signs receipts with, an Ed25519 key of OpenSSH, opens it; nothing else has to be kept or
exchanged. The only place that imports pyrage."""

from gateway.base.errors import ConfigurationError, IntegrityError

HEAD = "-----BEGIN AGE ENCRYPTED FILE-----"


def wrap(secret: bytes, public: str) -> str:
    """``secret`` as an armored age file for the holder of ``public`` (a line ``ssh-ed25519 AAAA…``)."""
    import pyrage

    try:
        recipient = pyrage.ssh.Recipient.from_str(public)
    except pyrage.RecipientError as error:
        raise ConfigurationError("公钥无法用于加密", "this public key can't be encrypted to") from error
    return pyrage.encrypt(secret, [recipient], armored=True).decode("ascii")


def unwrap(armored: str, private: bytes) -> bytes:
    """The secret. Raises IntegrityError when it is for another key or was changed, ConfigurationError for no key."""
    import pyrage

    try:
        identity = pyrage.ssh.Identity.from_buffer(private)
    except pyrage.IdentityError as error:
        raise ConfigurationError(
            "私钥无法读取（应为无口令的 Ed25519 OpenSSH 格式）",
            "the private key can't be read (expected Ed25519 in OpenSSH format without a passphrase)",
        ) from error
    try:
        return pyrage.decrypt(armored.encode(), [identity])
    except pyrage.DecryptError as error:
        raise IntegrityError("不是加密给本人密钥的，或已损坏", "not for this key, or damaged") from error
