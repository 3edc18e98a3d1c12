"""Every reason for which custody refuses, with its wording. A refusal is recorded before it is told."""

from enum import StrEnum

from gateway.base.errors import Exit, GatewayError


class Reason(StrEnum):
    """Why something was refused."""

    NOT_NAMED = "not_named"
    NOT_SERVING = "not_serving"
    NO_COMMITMENT = "no_commitment"
    OLD_COMMITMENT = "old_commitment"
    NOT_FILED = "not_filed"
    NOT_TRAINED = "not_trained"
    NO_CONSENT = "no_consent"
    REVOKED = "revoked"
    PURPOSE_UNKNOWN = "purpose_unknown"
    PURPOSE_NOT_GRANTED = "purpose_not_granted"
    OUTSIDE_PURPOSE = "outside_purpose"
    BEYOND_PURPOSE = "beyond_purpose"
    MATERIAL_UNKNOWN = "material_unknown"
    CLASS_UNDECLARED = "class_undeclared"
    CLASS_NOT_GRANTED = "class_not_granted"
    PLACE_FORBIDDEN = "place_forbidden"
    NOT_TOLD = "not_told"
    NOT_PSEUDONYM = "not_pseudonym"
    CHANGED = "changed"
    KEY_MISSING = "key_missing"
    NOT_HELD = "not_held"
    SIGNATURE = "signature"
    KEY_TAKEN = "key_taken"
    REQUEST_OLD = "request_old"
    REQUEST_USED = "request_used"
    COPY_NOT_PERMITTED = "copy_not_permitted"
    COPY_OPEN = "copy_open"
    PLAIN_LEFT = "plain_left"
    PAPER_LEFT = "paper_left"
    NOT_ENDED = "not_ended"
    NO_PERMISSION = "no_permission"
    OTHER_PERMISSION = "other_permission"
    NOT_ANONYMOUS = "not_anonymous"
    RECEIPT_MISSING = "receipt_missing"
    STEP_MISSING = "step_missing"
    STEP_OUT_OF_PLACE = "step_out_of_place"
    TOO_EARLY = "too_early"
    FILE_UNUSABLE = "file_unusable"


REASONS: dict[Reason, tuple[str, str]] = {
    Reason.NOT_NAMED: ("协议没有列名此人", "the agreement does not name this person"),
    Reason.NOT_SERVING: ("此人不在本协议的任职期内", "this person does not serve this agreement now"),
    Reason.NO_COMMITMENT: ("尚未签署保密承诺书", "the commitment was not signed yet"),
    Reason.OLD_COMMITMENT: ("所签保密承诺书不是现行版本", "the commitment that was signed is of another version"),
    Reason.NOT_FILED: ("保密承诺书尚未报对方备案", "the commitment was not filed with the owner yet"),
    Reason.NOT_TRAINED: ("没有保密培训记录", "there is no record of the training"),
    Reason.NO_CONSENT: ("后备(远程)人员未经对方同意", "the owner has not consented to this remote supporter"),
    Reason.REVOKED: ("权限已撤销", "the right was revoked"),
    Reason.PURPOSE_UNKNOWN: ("协议没有列出这一用途", "the agreement lists no such purpose"),
    Reason.PURPOSE_NOT_GRANTED: ("此人未被授权用于这一用途", "this person does not serve this purpose"),
    Reason.OUTSIDE_PURPOSE: ("超出材料收集时的用途", "it is not the purpose for which this was collected"),
    Reason.BEYOND_PURPOSE: ("这一用途不需要此类材料，不得收集", "the purpose does not need this material"),
    Reason.MATERIAL_UNKNOWN: ("协议没有列出此类材料", "the agreement lists no such material"),
    Reason.CLASS_UNDECLARED: ("协议没有为此类材料声明这一敏感类别", "the class is not declared for this material"),
    Reason.CLASS_NOT_GRANTED: ("此人未被授权接触这一敏感类别", "this person may not see this sensitive class"),
    Reason.PLACE_FORBIDDEN: ("协议不允许存放于此", "the agreement does not allow it to lie there"),
    Reason.NOT_TOLD: ("尚未告知本人用途与保密承诺", "the person was not told purpose and promise, in this version"),
    Reason.NOT_PSEUDONYM: (
        "对象应写代号(字母开头，不含7位以上数字)",
        "a subject is a pseudonym: it begins with a letter and has no seven digits in a row",
    ),
    Reason.CHANGED: ("文件与入库时不同", "a file differs from what was added"),
    Reason.KEY_MISSING: ("密钥不在，无法打开", "the key is missing: it can't be opened"),
    Reason.NOT_HELD: ("不在保管中", "it is not held"),
    Reason.SIGNATURE: ("签名不成立，或不是此人的签名", "the signature does not hold, or is another person's"),
    Reason.KEY_TAKEN: (
        "此人已登记另一把密钥，或这把密钥已登记在他人名下",
        "another key is recorded for this person, or this key for another person",
    ),
    Reason.REQUEST_OLD: ("查阅申请已过期", "the request is too old"),
    Reason.REQUEST_USED: ("查阅申请已用过", "the request was used already"),
    Reason.COPY_NOT_PERMITTED: ("未经书面许可不得复制", "no copy without written permission"),
    Reason.COPY_OPEN: ("仍有未收回的工作副本", "a working copy is still open"),
    Reason.PLAIN_LEFT: ("交来的明文原件仍在", "the plain copy that was handed in is still there"),
    Reason.PAPER_LEFT: ("纸质副本尚未销毁", "paper copies are not accounted for"),
    Reason.NOT_ENDED: ("没有结束保管的事由", "nothing has ended its keeping"),
    Reason.NO_PERMISSION: ("须先有对方的书面许可", "the owner's written permission is needed first"),
    Reason.OTHER_PERMISSION: ("许可不是给这一份材料的", "the permission is for another holding"),
    Reason.NOT_ANONYMOUS: ("所称匿名化文件就是原件", "what is called anonymous is the original"),
    Reason.RECEIPT_MISSING: ("交回包的签收不成立", "the receipt is not for the package that was returned"),
    Reason.STEP_MISSING: ("协议要求的事项尚未办完", "what the agreement asks for has not been done"),
    Reason.STEP_OUT_OF_PLACE: ("先后次序或事项不符合协议", "it is not a step of this procedure, or not yet its turn"),
    Reason.TOO_EARLY: ("未满协议约定的提前时间", "the notice has to be given earlier"),
    Reason.FILE_UNUSABLE: ("文件为空、过大或不是普通文件", "a file is empty, too large or not a plain file"),
}

_INTEGRITY = frozenset({Reason.CHANGED, Reason.KEY_MISSING, Reason.SIGNATURE, Reason.OTHER_PERMISSION})
_WAITING = frozenset({Reason.NO_PERMISSION, Reason.RECEIPT_MISSING})


class CustodyRefusedError(GatewayError):
    """Custody refuses; ``reason`` says why, ``detail`` adds words that hold no data."""

    def __init__(
        self,
        reason: Reason,
        *,
        clause: str | None = None,
        detail: tuple[str, str] = ("", ""),
        next: tuple[str, str] | str | None = None,
    ) -> None:
        zh, en = REASONS[reason]
        basis = (f"（{clause}）", f" ({clause})") if clause else ("", "")
        super().__init__(
            zh + basis[0] + (f"：{detail[0]}" if detail[0] else ""),
            en + basis[1] + (f": {detail[1]}" if detail[1] else ""),
            safe=("没有打开、改动或删除任何材料；已记入账本", "nothing was opened, changed or deleted; it is recorded"),
            next=next,
        )
        self.reason = reason
        self.clause = clause

    @property
    def exit(self) -> Exit:  # type: ignore[override]
        """18 where something does not hold, 15 where someone's word is awaited, 19 for the rest."""
        if self.reason in _INTEGRITY:
            return Exit.INTEGRITY
        return Exit.AWAITING_APPROVAL if self.reason in _WAITING else Exit.TERMS
