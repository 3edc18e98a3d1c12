"""A made-up month for the package's tests: five small tables like the monthly ones, built from a fixed seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pytest

from gateway.model.cells import Mark, Place, PublishedTable, Shown
from gateway.model.hierarchy import Hierarchy, Node
from gateway.model.period import Period
from gateway.model.table import (
    Contributor,
    Dimension,
    Kind,
    Measure,
    Model,
    Quartile,
    Ratio,
    Share,
    TableSpec,
    Wording,
)
from gateway.package import Contact, Cover

WITHHELD, MISSING = Shown(value=None, mark=Mark.WITHHELD), Shown(value=None, mark=Mark.MISSING)
ZERO = Shown(value=0, mark=Mark.NORMAL)

TOTAL = "Total"
COUNTIES = (
    ("220302", "铁西区", "Tiexi District"),
    ("220303", "铁东区", "Tiedong District"),
    ("220322", "梨树县", "Lishu County"),
    ("220323", "伊通满族自治县", "Yitong Manchu Autonomous County"),
    ("220382", "双辽市", "Shuangliao City"),
)
SECTIONS = (
    ("A", "农、林、牧、渔业", "Agriculture, forestry, animal husbandry and fishery"),
    ("C", "制造业", "Manufacturing"),
    ("E", "建筑业", "Construction"),
    ("F", "批发和零售业", "Wholesale and retail trade"),
    ("G", "交通运输、仓储和邮政业", "Transport, storage and post"),
    ("H", "住宿和餐饮业", "Accommodation and catering"),
    ("I", "信息传输、软件和信息技术服务业", "Information transmission, software and IT services"),
    ("K", "房地产业", "Real estate"),
    ("L", "租赁和商务服务业", "Leasing and business services"),
    ("N", "水利、环境和公共设施管理业", "Water, environment and public facilities"),
    ("O", "居民服务、修理和其他服务业", "Household services, repair and other services"),
    ("P", "教育", "Education"),
    ("Q", "卫生和社会工作", "Health and social work"),
)
SKILLS = (
    ("cooking", "厨师", "Cooking"),
    ("cleaning", "保洁", "Cleaning"),
    ("driving", "驾驶", "Driving"),
    ("electric", "电工", "Electrical work"),
    ("welding", "焊工", "Welding"),
    ("care", "护理", "Care"),
    ("none", "未填写", "Not stated"),
)
AGES = (("16-24", "16—24岁"), ("25-34", "25—34岁"), ("35-44", "35—44岁"), ("45以上", "45岁以上"))
UNITS = (("hour", "小时", "hour"), ("day", "日", "day"), ("month", "月", "month"))
EDGES = {
    "hour": ("<15", "15-20", "20-25", "25-30", "30+"),
    "day": ("<100", "100-150", "150-200", "200-300", "300+"),
    "month": ("<2000", "2000-3000", "3000-4000", "4000-5000", "5000-6000", "6000-8000", "8000-10000", "10000+"),
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What the functions under test are called with."""

    tables: tuple[PublishedTable, ...]
    hierarchies: dict[str, Hierarchy]
    period: Period
    cover: Cover

    @property
    def specs(self) -> list[TableSpec]:
        return [table.spec for table in self.tables]


@pytest.fixture(scope="session")
def sample() -> Sample:
    return build_sample()


def build_sample() -> Sample:
    """The same month each time."""
    draw, hierarchies = random.Random(20261001), build_hierarchies()
    tables = (
        _filled(supply_demand(), hierarchies, draw),
        _filled(pay_bands(), hierarchies, draw),
        _filled(recruiting_area(), hierarchies, draw),
        _filled(worker_profile(), hierarchies, draw),
        _filled(market_activity(), hierarchies, draw),
    )
    cover = Cover(
        title=Wording(zh="四平市零工市场月度统计", en="Monthly statistics of the gig-work market in Siping"),
        release="LGTJ_220300_LHYG_202610_M_R01",
        agreement=Wording(zh="四平市就业服务领域数据共享合作协议", en="Siping employment data sharing agreement"),
        clause="二(一)1—3，三(二)",
        sender=Wording(zh="零工平台运营方（示例）", en="the platform's operator (example)"),
        recipient=Wording(zh="四平市就业服务局", en="Siping Employment Service Bureau"),
        contacts=(
            Contact(role=Wording(zh="报送联系人", en="Sender's contact"), reach="数据对接专人，联系方式见协议首页"),
            Contact(role=Wording(zh="接收联系人", en="Recipient's contact"), reach="数据管理员甲、数据管理员乙"),
        ),
        due="2026-11-05",
    )
    return Sample(tables=tables, hierarchies=hierarchies, period=Period(year=2026, month=10), cover=cover)


def build_hierarchies() -> dict[str, Hierarchy]:
    city = Node(code="220300", label="四平市", label_en="Siping City", level="city", parent=None)
    counties = [_node(code, zh, en, "county", "220300") for code, zh, en in COUNTIES]
    anywhere = _node("any", "无要求", "No preference", "county", "220300")
    top = Node(code=TOTAL, label="合计", label_en="Total", level="total", parent=None)
    units, bands = [_node(code, f"按{zh}计", f"per {en}", "unit", TOTAL) for code, zh, en in UNITS], []
    for code, zh, en in UNITS:
        bands += [_node(f"{code}:{e}", f"{e} 元/{zh}", f"{e} yuan/{en}", "band", code) for e in EDGES[code]]
    other = _node("negotiable", "面议", "negotiable", "unit", TOTAL)
    lists = (
        Hierarchy(name="regions", levels=("city", "county"), nodes=(city, *counties), edition="GB/T 2260 · 2023"),
        Hierarchy(name="intended", levels=("city", "county"), nodes=(city, *counties, anywhere)),
        Hierarchy(
            name="industries",
            levels=("total", "section"),
            nodes=(top, *(_node(code, zh, en, "section", TOTAL) for code, zh, en in SECTIONS)),
            edition="GB/T 4754-2017",
        ),
        # level by level, as a code list may well be written: rows come out as a tree all the same
        Hierarchy(name="pay", levels=("total", "unit", "band"), nodes=(top, *units, other, *bands)),
        Hierarchy(
            name="skills", levels=("total", "skill"), nodes=(top, *(_node(*skill, "skill", TOTAL) for skill in SKILLS))
        ),
        Hierarchy(
            name="ages",
            levels=("total", "band"),
            nodes=(top, *(_node(code, zh, f"aged {code}", "band", TOTAL) for code, zh in AGES)),
        ),
    )
    return {hierarchy.name: hierarchy for hierarchy in lists}


def supply_demand() -> TableSpec:
    return TableSpec(
        name="supply_demand",
        title=Wording(zh="岗位供求情况", en="Supply and demand"),
        clause="二(一)1",
        definition=Wording(
            zh="本月发布的零工岗位和报名求职的人员，按地区和行业门类分组。地区为岗位所在县（市、区）。",
            en="Postings published in the month and persons who applied, by county and section of industry.",
        ),
        dimensions=(REGION, INDUSTRY),
        measures=(POSTINGS, VACANCIES, SEEKERS),
        derived=(
            Ratio(
                kind="ratio",
                name="ratio",
                title=Wording(zh="求人倍率", en="Openings per seeker"),
                unit=Wording(zh="倍", en="times"),
                definition=Wording(
                    zh="需求人数与求职人数之比，0.80 表示 10 名求职者对应 8 个岗位需求。",
                    en="Vacancies per job seeker; 0.80 means 8 openings for 10 seekers.",
                ),
                numerator="vacancies",
                denominator="seekers",
                decimals=2,
            ),
            Share(
                kind="share",
                name="vacancy_share",
                title=Wording(zh="需求比重", en="Share of vacancies"),
                unit=Wording(zh="%", en="%"),
                definition=Wording(
                    zh="占同一地区全部行业的比重。", en="Of the same region's total over all industries."
                ),
                measure="vacancies",
                along="industry",
                decimals=1,
            ),
        ),
    )


def pay_bands() -> TableSpec:
    quartile = {"kind": "quartile", "unit": Wording(zh="元", en="yuan"), "measure": "postings", "along": "pay"}
    names = {1: ("q1", "第一四分位数", "First quartile"), 2: ("median", "中位数", "Median")}
    return TableSpec(
        name="pay_bands",
        title=Wording(zh="岗位薪资区间", en="Pay bands"),
        clause="二(一)1",
        definition=Wording(
            zh="本月发布的零工岗位，按地区、行业门类和薪资分档（标示薪资区间的中点）分组。",
            en="Postings published in the month, by county, section of industry and band of the pay's midpoint.",
        ),
        dimensions=(REGION, INDUSTRY, _dimension("pay", "薪资", "Pay", "pay", ("total", "unit", "band"))),
        measures=(POSTINGS,),
        derived=tuple(
            Quartile(
                name=name,
                title=Wording(zh=zh, en=en),
                quarter=quarter,
                definition=Wording(zh=f"薪资的{zh}。", en=f"{en} of pay."),
                **quartile,
            )
            for quarter, (name, zh, en) in names.items()
        ),
    )


def recruiting_area() -> TableSpec:
    return TableSpec(
        name="recruiting_area",
        title=Wording(zh="招聘区域分布", en="Recruiting areas"),
        clause="二(一)1",
        definition=Wording(
            zh="本月发布的零工岗位，按岗位所在地分组。", en="Postings published in the month by place of work."
        ),
        dimensions=(REGION,),
        measures=(POSTINGS, VACANCIES),
    )


def worker_profile() -> TableSpec:
    return TableSpec(
        name="worker_profile",
        title=Wording(zh="零工人员构成", en="Profile of workers"),
        clause="二(一)2",
        definition=Wording(
            zh="本月活跃的零工人员，按技能、年龄（月末周岁）和就业意向区域分组。",
            en="Workers active in the month by skill, age at the month's end and intended region.",
        ),
        dimensions=(
            _dimension("skill", "技能", "Skill", "skills", ("total", "skill"), several=True),
            _dimension("age", "年龄", "Age", "ages", ("total", "band")),
            _dimension("region", "意向区域", "Intended region", "intended", ("city", "county"), several=True),
        ),
        measures=(_persons("workers", "人员数", "Workers", "本月活跃的零工人员。", "Workers active in the month."),),
    )


def market_activity() -> TableSpec:
    return TableSpec(
        name="market_activity",
        title=Wording(zh="市场运营动态", en="Market activity"),
        clause="二(一)3",
        definition=Wording(zh="本月平台上的活动，按县（市、区）分组。", en="Activity of the month by county."),
        dimensions=(REGION,),
        measures=(
            POSTINGS.model_copy(update={"name": "published", "title": Wording(zh="信息发布量", en="Published")}),
            _events("applied", "报名次数", "Applications"),
            _events("matched", "匹配次数", "Matches"),
            _events("service_visits", "服务人次", "Service visits"),
        ),
        derived=(
            Ratio(
                kind="ratio",
                name="match_rate",
                title=Wording(zh="匹配成功率", en="Match rate"),
                unit=Wording(zh="%", en="%"),
                definition=Wording(
                    zh="本月报名中至月末已录用的比例。", en="Applications of the month that were matched by its end."
                ),
                numerator="matched",
                denominator="applied",
                percent=True,
                decimals=1,
            ),
        ),
    )


def _node(code: str, zh: str, en: str, level: str, parent: str) -> Node:
    return Node(code=code, label=zh, label_en=en, level=level, parent=parent)


def _dimension(
    name: str, zh: str, en: str, hierarchy: str, levels: Sequence[str], *, several: bool = False
) -> Dimension:
    title = Wording(zh=zh, en=en)
    return Dimension(name=name, title=title, hierarchy=hierarchy, levels=tuple(levels), multi_valued=several)


def _persons(name: str, zh: str, en: str, meaning: str, meaning_en: str, *, repeats: Sequence[str] = ()) -> Measure:
    return Measure(
        name=name,
        title=Wording(zh=zh, en=en),
        unit=Wording(zh="人", en="persons"),
        definition=Wording(zh=meaning, en=meaning_en),
        feed="workers",
        kind=Kind.DISTINCT,
        contributor=Contributor.WORKER,
        model=Model.PERSONS,
        repeats=tuple(repeats),
    )


def _events(name: str, zh: str, en: str) -> Measure:
    return Measure(
        name=name,
        title=Wording(zh=zh, en=en),
        unit=Wording(zh="次", en="events"),
        definition=Wording(zh=f"本月{zh}。", en=f"{en} in the month."),
        feed="activities",
        kind=Kind.COUNT,
        where={"event": name},
        contributor=Contributor.WORKER,
        model=Model.PERSONS,
    )


REGION = _dimension("region", "地区", "Region", "regions", ("city", "county"))
INDUSTRY = _dimension("industry", "行业门类", "Industry", "industries", ("total", "section"))
POSTINGS = Measure(
    name="postings",
    title=Wording(zh="岗位信息数", en="Postings"),
    unit=Wording(zh="条", en="postings"),
    definition=Wording(zh="本月发布的岗位信息条数。", en="Postings published in the month."),
    feed="postings",
    kind=Kind.COUNT,
    contributor=Contributor.EMPLOYER,
    model=Model.BUSINESS,
)
VACANCIES = Measure(
    name="vacancies",
    title=Wording(zh="需求人数", en="Vacancies"),
    unit=Wording(zh="人", en="persons"),
    definition=Wording(
        zh="岗位信息中的招聘人数之和，“若干人”不计入。", en="Sum of headcounts; 'several' adds nothing."
    ),
    feed="postings",
    kind=Kind.SUM,
    column="headcount",
    contributor=Contributor.EMPLOYER,
    model=Model.BUSINESS,
)
SEEKERS = _persons(
    "seekers",
    "求职人数",
    "Job seekers",
    "本月报名的人员，按所报岗位的行业计。",
    "Persons who applied in the month, by industry of the posting.",
    repeats=("industry",),
)


def _places(spec: TableSpec, hierarchies: dict[str, Hierarchy]) -> Iterator[Place]:
    yield from product(*([n.code for n in hierarchies[d.hierarchy].at(d.levels)] for d in spec.dimensions))


def _filled(spec: TableSpec, hierarchies: dict[str, Hierarchy], draw: random.Random) -> PublishedTable:
    """Plausible numbers, with withheld, missing and zero figures among them, in no particular order of rows."""
    found: dict[Place, dict[str, Shown]] = {}
    for place in _places(spec, hierarchies):
        tops = sum(code in ("220300", TOTAL) for code in place)
        if draw.random() < 0.04 and tops < len(place):
            continue
        size = 12 * 11**tops if len(place) > 1 else 800 + 3000 * tops
        found[place] = _figures(spec, place, size, tops == len(place), draw)
    places = list(found)
    draw.shuffle(places)
    return PublishedTable(spec=spec, rows={place: found[place] for place in places})


def _figures(spec: TableSpec, place: Place, size: int, whole: bool, draw: random.Random) -> dict[str, Shown]:
    shown: dict[str, Shown] = {}
    for measure in spec.measures:
        chance = 1.0 if whole else draw.random()
        if chance < 0.1:
            shown[measure.name] = WITHHELD
        else:
            shown[measure.name] = ZERO if chance < 0.14 else Shown(value=draw.randint(size, 3 * size), mark=Mark.NORMAL)
    for derived in spec.derived:
        chance = draw.random()
        banded = not isinstance(derived, Quartile) or place[-1] in EDGES
        if not banded:
            shown[derived.name] = MISSING
        elif chance < 0.12:
            shown[derived.name] = MISSING if chance < 0.05 else WITHHELD
        else:
            decimals = getattr(derived, "decimals", 0)
            top = {2: 240, 1: 620}.get(decimals, 6000)
            shown[derived.name] = Shown(value=Decimal(draw.randint(top // 8, top)).scaleb(-decimals), mark=Mark.NORMAL)
    return shown
