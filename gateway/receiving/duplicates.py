"""The check that rests on the receiver's own register: a release is received once, and never in two versions."""

from gateway.receiving.failed import Failed
from gateway.receiving.settling import Examined


def duplicate(case: Examined) -> None:
    """No other package of this release was received, nor one that replaced it. The same package again is no harm."""
    register, manifest = case.receiver.register, case.manifest
    earlier = register.processed(manifest.release)
    if earlier and earlier.manifest_sha256 == case.manifest_sha256:
        return
    if earlier and earlier.package_sha256 == manifest.package.sha256:
        raise Failed(
            f"该批次的同一压缩包已登记（第 {earlier.number} 号），只是清单不同：不再登记，不影响已登记的数据",
            f"the same zip of this release is registered (no. {earlier.number}) under another manifest: harmless",
        )
    if earlier:
        raise Failed(
            f"该批次已登记（第 {earlier.number} 号），而这一份内容不同：已发布的批次不得改变",
            f"this release is registered (no. {earlier.number}) with other content: a release never changes",
        )
    newer = register.newer(manifest.release)
    if newer:
        raise Failed(
            f"该批次已被 {newer.release} 替代（登记第 {newer.number} 号）",
            f"this release was superseded by {newer.release} (registered as no. {newer.number})",
        )
