"""What mutations put in the place of what, in both languages: opposites, sides, units, names, and turns of speech that change nothing.

No guard may read this module, and nothing here is taken from the guards' lists. The two are no strangers all the same: the guards'
lists grew where mutants of the demo bank and of the topics of `tuning` slipped through, and hold most of the pairs below. So the
figures for opposites, sides and listed names say how the guards do on words they know; negations, numbers, units and the things of
a bank are made by rule and say more. Whoever wants a blind figure brings pairs of their own. Knows words only.
"""

from __future__ import annotations


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in (pair.split("|") for pair in text.replace("\n", ";").split(";") if pair.strip()))


# --- polarity --------------------------------------------------------------------------------------------------------

ZH_NEGATED = _pairs(
    "可以|不可以;能够|不能够;能|不能;会|不会;是|不是;有|没有;要|不要;支持|不支持;需要|不需要;应该|不应该;允许|不允许;接受|不接受"
    ";包括|不包括;包含|不包含;含|不含;提供|不提供;显示|不显示;收到|没收到;到账|没到账;成功|不成功;想|不想;用|不用;愿意|不愿意;已经|还没;必须|不必;知道|不知道"
)
ZH_ASKERS = ("怎么", "如何", "为什么", "为啥", "怎样")
EN_AUXILIARY = "can|could|will|would|should|may|must|do|does|did|is|are|was|were|has|have|am"
ZH_ANTONYMS = _pairs(
    "打开|关掉;开启|停用;开通|关闭;启用|停用;绑定|解绑;添加|删掉;增加|减少;提高|降低;升级|降级;上调|下调;充值|提现;存入|取出;转入|转出;收入|支出"
    ";借款|还款;借钱|还钱;买入|卖出;登录|退出登录;注册|注销;订阅|退订;取消|恢复;提前|推迟;之前|之后;以前|以后;前|后;最低|最高;最少|最多;最早|最晚;早|晚;快|慢"
    ";大|小;多|少;长|短;成功|失败;安装|卸载;上传|下载;线上|线下;国内|国外;公开|隐藏;自动|手动;新|旧;开始|结束;加入|退出;发送|接收;锁定|解锁"
    ";有效|无效;免费|收费;通过|驳回;允许|禁止;允许|拒绝;包邮|不包邮;全部|部分;个人|企业;开|关;涨|跌;便宜|贵;轻|重;连接|断开;备份|还原;冻结|解冻"
)
EN_ANTONYMS = _pairs(
    "enable|disable;enabled|disabled;activate|deactivate;turn on|turn off;switch on|switch off;open|close;opening|closing;increase|decrease"
    ";raise|lower;before|after;add|remove;subscribe|unsubscribe;send|receive;sent|received;deposit|withdraw;lock|unlock;early|late;earlier|later"
    ";earliest|latest;upload|download;install|uninstall;import|export;show|hide;buy|sell;upgrade|downgrade;minimum|maximum;min|max;more|less"
    ";most|least;with|without;start|stop;public|private;online|offline;in|out;up|down;include|exclude;included|excluded;connect|disconnect"
    ";accept|reject;allow|block;first|last;new|old;big|small;large|small;fast|slow;free|paid;automatic|manual;automatically|manually"
    ";domestic|international;same|different;link|unlink;follow|unfollow;mute|unmute;join|leave;login|logout;log in|log out;sign in|sign out"
    ";create|delete;inside|outside;high|low;higher|lower;long|short;cheap|expensive;heavy|light;pass|fail;approve|deny;borrow|lend;lost|found"
)

# --- numbers and units -----------------------------------------------------------------------------------------------

ZH_UNITS = (
    ("秒", "分钟", "小时", "天", "周", "个月", "年"),
    ("元", "美元", "欧元"),
    ("克", "公斤", "斤"),
    ("厘米", "米", "公里"),
    ("毫升", "升"),
)
EN_UNITS = (
    ("second", "minute", "hour", "day", "week", "month", "year"),
    ("dollar", "euro", "pound", "yuan"),
    ("gram", "kilogram", "kg", "lb"),
    ("cm", "inch", "metre", "mile", "km"),
    ("litre", "ml"),
    ("kb", "mb", "gb", "tb"),
)
ZH_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EN_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "thirty")
ZH_NUMBERS = "二三四五六七八九"

# --- things and sides ------------------------------------------------------------------------------------------------

NAMES = (
    ("香港", "台湾", "澳门", "日本", "美国", "英国", "法国", "德国", "加拿大", "韩国", "新加坡", "泰国"),
    ("北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京"),
    ("支付宝", "微信", "银联", "云闪付", "信用卡", "花呗", "PayPal", "储蓄卡"),
    ("顺丰", "圆通", "中通", "韵达", "京东", "邮政"),
    ("苹果", "安卓", "华为", "小米"),
    ("护照", "身份证", "驾照", "户口本"),
    ("Canada", "Mexico", "France", "Germany", "Japan", "Spain", "Italy", "Australia", "India", "Brazil"),
    ("London", "Paris", "New York", "Berlin", "Tokyo"),
    ("PayPal", "Visa", "Mastercard", "Klarna", "Apple Pay", "Google Pay", "Amex"),
    ("FedEx", "UPS", "DHL", "USPS"),
    ("iPhone", "Android", "iPad", "Windows", "Linux"),
    ("Gmail", "Outlook", "Facebook", "Twitter", "Instagram", "LinkedIn", "WhatsApp", "Slack", "Trello", "GitHub", "YouTube", "Dropbox"),
)
ZH_SIDES = _pairs(
    "买家|卖家;买方|卖方;卖家|平台;收款|付款;收件人|寄件人;收货人|发货人;收款人|付款人;对方|我;别人|我;本人|他人;他|我;商家|顾客;商户|用户"
    ";房东|租客;司机|乘客;甲方|乙方;朋友|我;借款人|出借人;老师|学生;父母|孩子;公司|个人;邀请人|被邀请人;骑手|商家;家人|我"
)
EN_SIDES = _pairs(
    "buyer|seller;sender|recipient;sender|receiver;payer|payee;customer|merchant;landlord|tenant;driver|passenger;host|guest;lender|borrower"
    ";teacher|student;employer|employee;parent|child;owner|renter;giver|recipient;doctor|patient;admin|member;my|their;me|them;my|his"
    ";someone else|myself;friend|partner;sender|addressee"
)

# --- what changes nothing --------------------------------------------------------------------------------------------

ZH_BEFORE = ("你好，", "请问", "您好，我想问一下，", "麻烦问下", "亲，", "想咨询一下，", "在吗？")
ZH_AFTER = ("？", "呢？", "啊", "，谢谢", "，急", "，麻烦了", "~", "！")
ZH_SAME = _pairs(
    "怎么|如何;如何|怎样;为什么|为啥;怎么|咋;多少钱|多少费用;可以|能;能不能|可不可以;什么时候|啥时候;什么|啥;吗|么;多久|多长时间;没有|没"
)
EN_BEFORE = ("Hi, ", "Hello there, ", "Quick question: ", "Excuse me, ", "Hey team, ", "Good morning, ", "just wondering, ", "please tell me: ")
EN_AFTER = ("", " please", " thanks", ", thank you!", " ??", " pls", "...", " - any help appreciated")
EN_SAME = _pairs(
    "how do i|how can i;how can i|how do i;how do i|what's the way to;what is|what's;can i|could i;could i|can i;i am|i'm;do not|don't"
    ";cannot|can't;e-mail|email;would like to|want to;is it possible to|can i;can i|may i"
)
