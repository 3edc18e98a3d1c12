"""The trades of the made-up market: a table, one row a trade, each in one GB/T 4754 division.

`share` is the share of employers; a rare trade has no share but nought to three employers in each county.
`settlement` weighs 日结, 周结 and 月结. `monthly` is the usual pay, yuan a month. `signs` end company names.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One trade; texts are Chinese, skills are codes of the skill list, the first the most wanted."""

    division: str
    share: float
    monthly: int
    settlement: tuple[int, int, int]
    signs: tuple[str, ...]
    titles: tuple[str, ...]
    duties: tuple[str, ...]
    skills: tuple[str, ...]


def _trade(division: str, share: float, monthly: int, settlement: tuple[int, int, int], *texts: str) -> Trade:
    """A row of the table: signs, titles, duties and skills, each one text with spaces between."""
    signs, titles, duties, skills = (tuple(text.split()) for text in texts)
    return Trade(
        division=division,
        share=share,
        monthly=monthly,
        settlement=settlement,
        signs=signs,
        titles=titles,
        duties=duties,
        skills=skills,
    )


# fmt: off
TRADES = (
    _trade(
        "62", 0.19, 3600, (45, 15, 40),
        "餐饮有限公司 餐饮管理有限公司 饭店 小吃店 火锅店 快餐店",
        "服务员 传菜员 后厨帮工 面点师 洗碗工 切墩 收银员 小时工",
        "负责摆台传菜和收拾卫生 后厨备菜打荷 早市面点制作 饭口高峰帮忙，忙完就下班 碗碟清洗消毒",
        "waiting cooking",
    ),
    _trade(
        "61", 0.03, 3200, (15, 10, 75),
        "宾馆 酒店有限公司 旅店 酒店管理有限公司",
        "客房服务员 前台接待 布草员 夜班前台",
        "客房打扫和换布草 前台登记入住 走廊和大堂保洁",
        "housekeeping waiting",
    ),
    _trade(
        "52", 0.145, 3100, (25, 10, 65),
        "商贸有限公司 超市 便利店 服装店 药房 家电商场",
        "导购员 理货员 收银员 促销员 店员 节日促销临时工",
        "商品陈列、补货、理货 接待顾客介绍商品 周末在门口发单促销 收银和盘点",
        "retail loading",
    ),
    _trade(
        "51", 0.04, 3800, (25, 15, 60),
        "批发部 商贸有限公司 农资有限公司 副食批发有限公司",
        "库管员 装卸工 业务员 跟车员 开单文员",
        "市场内装卸货物 跟车送货到各乡镇 仓库收发货登记",
        "loading driving sorting",
    ),
    _trade(
        "54", 0.08, 5800, (40, 15, 45),
        "物流有限公司 运输有限公司 货运部 汽车租赁运输有限公司",
        "货车司机 跟车装卸 同城送货司机 配送骑手 调度员",
        "市内及周边县区送货 长途对班开车 午晚高峰配送，多劳多得 装卸和交接单据",
        "driving delivery loading",
    ),
    _trade(
        "60", 0.05, 4900, (40, 20, 40),
        "快递有限公司 速递服务部 快递驿站",
        "快递员 分拣员 夜班分拣 派件骑手 驿站店员",
        "包裹扫描分拣 片区派件和收件 大促期间夜班分拣 驿站上架和取件服务",
        "delivery sorting",
    ),
    _trade(
        "59", 0.045, 4200, (50, 20, 30),
        "仓储有限公司 装卸队 粮食仓储有限公司",
        "装卸工 仓库分拣 叉车工 粮库临时工 搬运工",
        "粮食卸车和晾晒 货架分拣打包 叉车上下架",
        "loading sorting",
    ),
    _trade(
        "80", 0.1, 4200, (40, 20, 40),
        "家政服务有限公司 家政服务部 保洁服务有限公司 养老服务有限公司",
        "保洁员 家庭保洁 月嫂 育儿嫂 养老护理员 钟点工 护工",
        "家庭日常保洁、擦玻璃 照顾老人起居和做饭 照看一岁半宝宝 新房开荒保洁 医院陪护，白班夜班可选",
        "housekeeping eldercare childcare",
    ),
    _trade(
        "81", 0.03, 4600, (20, 15, 65),
        "汽车修理厂 汽车服务有限公司 家电维修部 手机维修店",
        "汽修学徒 汽车美容工 家电维修工 喷漆工 洗车工",
        "小型车保养和洗车 上门安装维修家电 钣金喷漆",
        "vehicle_repair repair",
    ),
    _trade(
        "13", 0.035, 4000, (25, 20, 55),
        "食品有限公司 粮油有限公司 肉业有限公司",
        "包装工 普工 屠宰分割工 质检员 烘干塔工人",
        "流水线包装贴标 玉米烘干季上料看塔 分割车间修整",
        "assembly loading",
    ),
    _trade(
        "18", 0.02, 3900, (10, 25, 65),
        "服装有限公司 制衣厂 服饰有限公司",
        "缝纫工 裁剪工 熨烫工 包装工",
        "平车缝制，计件结算 裁床铺布 整烫和包装",
        "sewing assembly",
    ),
    _trade(
        "36", 0.025, 4700, (10, 15, 75),
        "汽车零部件有限公司 专用车有限公司",
        "操作工 焊工 质检员 数控学徒 装配工",
        "零件装配和打磨 二保焊接 看数控车床",
        "assembly welding",
    ),
    _trade(
        "33", 0.022, 4800, (20, 20, 60),
        "金属制品有限公司 彩钢有限公司 机械加工厂",
        "电焊工 钢构工 打磨工 力工",
        "钢结构下料焊接 彩钢房现场安装 打磨除锈刷漆",
        "welding assembly",
    ),
    _trade(
        "30", 0.015, 4300, (25, 25, 50),
        "建材有限公司 水泥制品厂 玻璃制品有限公司",
        "制砖工 装车工 普工 看窑工",
        "水泥制品成型养护 装车码垛 看机器上料",
        "assembly loading",
    ),
    _trade(
        "27", 0.01, 4200, (5, 10, 85),
        "药业有限公司 中药饮片有限公司",
        "包装工 提取车间操作工 化验员 药材分拣工",
        "药品内外包 中药材挑选分拣 车间按规程操作",
        "assembly sorting",
    ),
    _trade(
        "72", 0.065, 3700, (30, 15, 55),
        "人力资源有限公司 保安服务有限公司 商务服务有限公司 广告有限公司",
        "保安 秩序维护员 客服专员 文员 发单员 外呼客服 会展临时工",
        "小区门岗和巡逻，两班倒 电话接听和回访 资料录入整理 展会搭建和引导 街头发传单",
        "security customer_service clerical",
    ),
    _trade(
        "71", 0.008, 4300, (25, 15, 60),
        "设备租赁有限公司 工程机械租赁有限公司",
        "挖掘机司机 设备维护 脚手架搭设工",
        "设备进场操作和保养 脚手架搭拆",
        "driving construction",
    ),
    _trade(
        "47", 0.032, 6200, (55, 20, 25),
        "建筑工程有限公司 建筑劳务有限公司",
        "力工 瓦工 钢筋工 木工 工地小工 塔吊信号工",
        "工地清理和材料搬运 砌筑抹灰 绑钢筋支模板",
        "construction loading",
    ),
    _trade(
        "49", 0.016, 5600, (50, 15, 35),
        "安装工程有限公司 消防工程有限公司 水暖安装队",
        "水暖工 电工 空调安装工 消防安装小工",
        "室内水电改造 供暖前管道检修 空调移机加氟",
        "plumbing construction",
    ),
    _trade(
        "50", 0.028, 5900, (60, 15, 25),
        "装饰工程有限公司 装饰设计有限公司 装修队",
        "刮大白 油工 贴砖工 美缝工 吊顶工 装修小工",
        "室内刮大白 卫生间贴砖 吊顶和隔断",
        "decoration plumbing",
    ),
    _trade(
        "01", 0.014, 3900, (75, 15, 10),
        "种植专业合作社 农业发展有限公司 家庭农场",
        "采摘工 插秧工 大棚管理员 掰苞米工 农机手",
        "大棚蔬菜采摘 秋收掰苞米 打药除草 育苗和移栽",
        "farming loading",
    ),
    _trade(
        "03", 0.007, 4300, (15, 15, 70),
        "养殖专业合作社 牧业有限公司",
        "饲养员 猪场夫妻工 抓鸡工",
        "猪舍喂料清粪 出栏装车 鸡舍捡蛋",
        "farming",
    ),
    _trade(
        "64", 0.01, 4500, (10, 15, 75),
        "网络科技有限公司 电子商务有限公司 文化传媒有限公司",
        "带货主播 直播运营 网店客服 视频剪辑 打包发货",
        "直播间场控和上链接 网店售前售后 短视频拍摄剪辑",
        "livestream customer_service",
    ),
    _trade(
        "65", 0.004, 6200, (0, 5, 95),
        "信息技术有限公司 软件有限公司",
        "数据标注员 实施工程师 网络维护",
        "图片和语音标注 现场装机和网络维护",
        "clerical customer_service",
    ),
    _trade(
        "70", 0.013, 3300, (10, 10, 80),
        "物业服务有限公司 房地产开发有限公司 房产中介服务部",
        "保洁员 物业维修工 秩序员 置业顾问 带看员",
        "楼道和园区保洁 水电零修 带客户看房",
        "security housekeeping plumbing",
    ),
    _trade(
        "83", 0.012, 4100, (30, 20, 50),
        "教育培训学校 艺术培训中心 幼儿园 托管班",
        "家教 托管老师 舞蹈助教 幼儿园保育员 助教",
        "小学生作业辅导 接送孩子和午托看护 周末上课助教",
        "teaching childcare",
    ),
    _trade(
        "84", 0.009, 3800, (10, 15, 75),
        "医院 口腔门诊 体检中心有限公司",
        "护理员 导诊员 收费员 保洁员",
        "病房护理和陪检 门诊导诊 体检引导",
        "eldercare housekeeping",
    ),
    _trade(
        "85", 0.005, 3700, (10, 15, 75),
        "养老院 老年公寓 社会工作服务中心",
        "护理员 厨师 夜班看护",
        "老人喂饭翻身洗澡 三餐制作 夜间巡房",
        "eldercare cooking",
    ),
    _trade(
        "74", 0.006, 4700, (15, 10, 75),
        "检测有限公司 测绘有限公司 工程咨询有限公司",
        "采样员 测量助手 资料员",
        "现场采样送检 扶尺拉线 工程资料整理",
        "clerical driving",
    ),
    _trade(
        "90", 0.004, 3400, (35, 15, 50),
        "网吧 游乐有限公司 健身娱乐有限公司",
        "网管 游乐场安全员 收银员",
        "游乐设备看护 前台收银",
        "waiting retail",
    ),
    _trade(
        "78", 0.0, 3000, (20, 20, 60),
        "环卫服务有限公司 园林绿化有限公司",
        "清扫保洁员 绿化工 清雪临时工",
        "路段清扫 除草浇水修剪 雪后清雪",
        "housekeeping farming",
    ),
    _trade(
        "66", 0.0, 4600, (0, 5, 95),
        "村镇银行支行 小额贷款有限公司",
        "大堂引导员 后勤保洁 押运员",
        "厅堂引导 办公区保洁",
        "customer_service security",
    ),
    _trade(
        "68", 0.0, 4800, (0, 5, 95),
        "保险代理有限公司 保险公估有限公司",
        "客户经理 内勤 查勘助理",
        "客户回访 单证整理",
        "customer_service clerical",
    ),
    _trade(
        "44", 0.0, 5100, (5, 10, 85),
        "热力有限公司 生物质发电有限公司",
        "司炉工 抄表员 上煤工",
        "供暖季三班倒看炉 入户抄表 燃料上料",
        "plumbing loading",
    ),
    _trade(
        "46", 0.0, 3900, (10, 10, 80),
        "自来水有限公司 供水安装有限公司",
        "管道维修工 抄表员",
        "管网巡查抢修 入户换表",
        "plumbing",
    ),
    _trade(
        "10", 0.0, 5200, (20, 20, 60),
        "采石有限公司 矿业有限公司",
        "破碎机操作工 装载机司机",
        "石料破碎筛分 装车过磅",
        "driving loading",
    ),
    _trade(
        "95", 0.0, 3200, (10, 10, 80),
        "志愿服务协会 行业协会",
        "活动助理 文员",
        "活动签到和布置 会员资料录入",
        "clerical",
    ),
)
# fmt: on
