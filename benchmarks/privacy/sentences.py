"""Sentences as people write them, with made-up values in their places; and sentences with nothing personal in them.

Places: N name, P mobile number, L landline, I resident ID, E mail address, B bank card, C licence plate, H passport,
A address, W WeChat, Q QQ. Numbers are written in the ways that people write them; every fourth resident ID has a wrong
check digit, as IDs in public sets have. A value counts as found when a finding of its entity covers half of it. The
sentences of LATER were written after the rule for running text, which was then mended once."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from string import Formatter

from benchmarks.privacy import people, standards
from benchmarks.privacy.recognition import Tally
from gateway.privacy import scan_text

FIRST = """
我是{N}，身份证号{I}，手机{P}。
客户{N}于昨天下午拨打了客服电话，反馈手机号{P}无法接收验证码。
请将合同快递至{A}，收件人{N}，联系电话{P}。
患者{N}，女，45岁，身份证号：{I}，因头痛三天入院。
{N}的邮箱是{E}，请及时联系她。
员工{N}昨天提交了离职申请，他的工号是10023。
昨天{N}打电话来说她的银行卡{B}丢失了。
尊敬的{N}女士，您尾号8888的账户已开通。
亲爱的{N}，您的快递已到达菜鸟驿站。
本案原告{N}，男，汉族，45岁，住{A}。
被告{N}与原告{N}系夫妻关系。
{N}通过微信转账给{N}五百元。
我们公司的财务总监{N}负责审批这笔款项。
今天上午，{N}在会议上介绍了项目进展。
联系人：{N} 电话：{P} 邮箱：{E}
如有疑问请发邮件至{E}或致电{L}。
{N}预订了3月5日的机票，护照号为{H}。
您好，我叫{N}，想咨询一下贷款的事情，我的电话是{P}。
请帮我查询{N}的订单，手机号后四位是1234。
根据记录，{N}于2019年入职，担任销售经理。
{N}住在{A}，电话{P}。
紧急联系人是他的妻子{N}，电话{P}。
车主{N}驾驶{C}在高速上发生事故。
{N}和{N}一起参加了这次培训。
该账户持有人为{N}，卡号{B}。
学生{N}的家长{N}来校面谈。
我的同事{N}说她的微信号是{W}。
请问{N}先生在吗？
老师{N}表扬了{N}同学。
快递员{N}已将包裹放在门卫处。
姓名:{N},性别:女,身份证:{I}
{N}申请了信用卡，预留手机{P}。
发件人{N}，寄往{A}。
会议由{N}主持，{N}、{N}、{N}出席。
{N}表示，公司将继续加大研发投入。
{N}最近换了新手机号{P}，请更新通讯录。
我想给{N}转账，他的卡号是{B}。
请通知{N}明天来公司面试。
房东{N}把房子租给了{N}。
{N}因病请假一天。
麻烦转告{N}，他的快递到了。
病历显示{N}对青霉素过敏。
{N}的身份证号码为{I}，请核实。
我的身份证是{I}，邮箱{E}谢谢。
电话{P}或者{P}都可以找到我
联系我{P}或{P}
QQ：{Q}，微信同号{P}
把简历发到{E}邮箱即可
{N}、{N}和{N}都报名参加了活动。
用户{N}注册时填写的邮箱为{E}
乘客{N}购买了G123次列车车票，证件号{I}
甲方代表：{N}，乙方代表：{N}
授权{N}代为办理相关手续。
由{N}担任项目负责人，{N}负责技术。
{N}向{N}发送了一封邮件。
保险受益人{N}（身份证{I}）
法定代表人{N}，注册资本1000万元。
昨晚{N}给我打了电话。
我妈妈{N}今年65岁，住在老家。
邻居{N}帮忙签收了包裹。
报销人{N}，金额1200元，开户行工商银行，账号{B}
"""
LATER = """
昨天下午{N}来到派出所报案，称自己被骗三万元。
本人{N}，身份证号码{I}，现委托{N}全权办理房屋过户手续。
{N}的女儿{N}今年考上了吉林大学。
我司已于5月10日向{N}发出催款函，电话{P}，无人接听。
{N}因操作失误导致设备损坏，由{N}进行维修。
应{N}要求，将工资转入其弟{N}账户{B}。
{N}、{N}等5人因表现优秀获得表彰。
有事请找{N}，分机8012，手机{P}。
介绍人{N}带来了一位新客户{N}。
{N}刚刚完成了实名认证，绑定手机{P}。
今日值班：{N}（白班）{N}（夜班）
由于{N}未按时还款，平台已冻结其账户。
{N}反馈称无法登录，邮箱是{E}
居民{N}反映小区供暖不足。
房屋所有人为{N}，共有人为{N}。
{N}电话{P}地址{A}
投诉人：{N} 被投诉人：{N}
{N}自称是中介，收取了{N}两千元押金。
他告诉{N}不要把验证码告诉别人。
该笔交易由柜员{N}经办，复核{N}。
小组成员包括{N}、{N}、{N}三人。
{N}先生已确认入住，房号1208。
户主{N}与其配偶{N}共同申请低保。
{N}购买了两份意外险，保单号2023001。
接警民警{N}到达现场后了解到，{N}与{N}发生口角。
送餐员{N}电话{P}
主治医师{N}建议住院观察。
转账附言：{N}借款
{N}，男，壮族，本科。
"""
NOTHING = """
高度重视安全生产工作，切实加强监督管理。
本公司主要经营农产品批发和零售业务。
请于本周五之前提交材料，逾期不予受理。
双方经友好协商达成如下协议。
周一到周五上午九点至下午五点办公。
方案已经通过，下一步是组织实施。
全国各地的企业都可以申请补贴。
张家口市下辖多个区县。
黄金价格今日上涨百分之三。
成都和重庆是西部重要的城市。
安全第一，预防为主，综合治理。
金融机构应当加强风险管理。
马上就要放假了，大家注意安全。
田间管理是农业生产的重要环节。
温度过高时请关闭设备电源。
许多用户反映系统运行缓慢。
任何单位和个人不得泄露个人信息。
应聘者须具备三年以上工作经验。
招聘家政服务员20名，月薪4000-6000元，包吃住。
产品型号为A123456，批次20231015。
本月铁西区新增岗位1234个，环比增长5.6%。
从上海到北京的高铁需要4.5小时。
会计师事务所出具了审计报告。
项目总投资13800万元，建筑面积13912345平方米。
石油和天然气开采业从业人员减少。
包装工、分拣员、装卸工需求较大。
水利、环境和公共设施管理业
华东地区的物流企业较多。
广告设计师、文员、会计等岗位供大于求。
经理要求员工按时打卡。
客户经理应当及时回访。
明天下午三点在会议室开会。
时间为2023年10月1日至2023年10月7日。
何时可以领取失业保险金？
欢迎来到美丽的长白山风景区。
我市将继续推进灵活就业人员参保工作。
因疫情影响，部分航班取消。
会员可享受八折优惠，解释权归商家所有。
高校毕业生就业形势总体稳定。
零工市场提供免费的职业介绍服务。
农村劳动力转移就业规模持续扩大。
安装工和水电工的日薪在三百元左右。
家长应当陪同孩子完成作业。
车辆保险即将到期，请尽快续保。
水果批发市场每天凌晨四点开市。
我们计划明年在成都设立分公司。
养老保险缴费基数调整公告
平台为骑手购买了意外伤害保险。
双方法定代表人签字盖章后生效。
连续三个月未登录的账号将被注销。
"""
ENTITIES = {
    "N": "PERSON_NAME", "P": "CN_MOBILE", "L": "CN_LANDLINE", "I": "CN_RESIDENT_ID", "E": "EMAIL", "B": "CN_BANK_CARD",
    "C": "CN_PLATE", "H": "CN_PASSPORT", "A": "ADDRESS", "W": "WECHAT", "Q": "QQ",
}  # fmt: skip
PHONES = (
    "{0}{1}{2}",
    "+86{0}{1}{2}",
    "+86 {0}{1}{2}",
    "0086-{0}{1}{2}",
    "{0}-{1}-{2}",
    "{0} {1} {2}",
    "+86 {0}-{1}-{2}",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and what is personal in it: (entity, start, end)."""

    text: str
    truth: tuple[tuple[str, int, int], ...]


def made(templates: str, rounds: int) -> Iterator[Sentence]:
    """Every template with ``rounds`` sets of values."""
    rng = Random("sentences")
    names = iter(people.persons(40 * rounds * len(templates.split("\n"))))
    for template in templates.strip().splitlines() * rounds:
        text, truth = "", []
        for words, place, _, _ in Formatter().parse(template):
            text += words
            if place:
                value = next(names) if place == "N" else _value(place, rng)
                truth.append((ENTITIES[place], len(text), len(text) + len(value)))
                text += value
        yield Sentence(text, tuple(truth))


def _value(place: str, rng: Random) -> str:
    if place == "P":
        number = standards.mobile(rng)[-11:]
        return rng.choice(PHONES).format(number[:3], number[3:7], number[7:])
    if place == "I":
        number = standards.resident_id(rng)
        wrong = f"{number[:17]}{'X' if number[17] != 'X' else '0'}"
        return wrong if rng.random() < 0.25 else rng.choice((number, number.lower()))
    if place == "Q":
        return str(rng.randint(10**5, 10**10))
    make = {
        "L": standards.landline, "E": standards.email, "B": standards.bank_card, "C": standards.plate,
        "H": standards.passport, "A": standards.address, "W": standards.wechat,
    }[place]  # fmt: skip
    return make(rng)


def measured(templates: str, rounds: int) -> tuple[dict[str, Tally], int, list[str]]:
    """(found by entity, findings that touch no value, the sentences with those)."""
    tallies: dict[str, Tally] = {}
    wrong, where = 0, []
    for sentence in made(templates, rounds):
        findings = scan_text(sentence.text)
        for entity, start, end in sentence.truth:
            tally = tallies.setdefault(entity, Tally())
            tally.made += 1
            covered = [min(f.end, end) - max(f.start, start) for f in findings if f.entity == entity]
            tally.found += 2 * max(covered, default=0) >= end - start
        loose = [f for f in findings if all(f.end <= start or end <= f.start for _, start, end in sentence.truth)]
        wrong += len(loose)
        where += [f"{[(f.entity, sentence.text[f.start : f.end]) for f in loose]} {sentence.text}"] if loose else []
    return tallies, wrong, where


def nothing() -> list[str]:
    """The sentences with nothing personal in which something is found."""
    return [line for line in NOTHING.strip().splitlines() if scan_text(line)]
