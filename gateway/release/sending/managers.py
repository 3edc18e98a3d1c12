"""Whom a package is for: the data managers whom the agreement names today and whose receipt key is valid now."""

from datetime import datetime

from gateway.agreement import Recipient, recipients
from gateway.base.errors import ConfigurationError
from gateway.base.sshsig import RECEIPT
from gateway.release.site.deployment import Deployment


def managers(deployment: Deployment, now: datetime) -> tuple[Recipient, ...]:
    """One or two data managers. Someone without a valid key is left out: they could not sign for what they receive.

    Raises TermsError when the agreement names nobody on this day, ConfigurationError when nobody has a valid key."""
    named = recipients(deployment.terms, now.date())
    signers = deployment.allowed_signers()
    able = {signer.principal for signer in signers if signer.problem(RECEIPT, now) is None}
    found = tuple(recipient for recipient in named if recipient.id in able)
    if not found:
        names = "、".join(recipient.id for recipient in named)
        raise ConfigurationError(
            f"数据管理员 {names} 都没有有效的回执密钥",
            f"no data manager has a valid key for receipts: {names.replace('、', ', ')}",
            safe=("没有密封、发送或告知任何内容", "nothing was sealed, sent or told"),
            next=("gateway keys list 查看；gateway keys rotate 更换", "gateway keys list, then gateway keys rotate"),
        )
    return found
