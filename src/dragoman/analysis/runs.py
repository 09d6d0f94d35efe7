"""Stretches of unspaced scripts that are likely to be foreign names.

Japanese writes them in katakana. Chinese writes them with some four hundred characters chosen
for their sound: the commonest ones in 30,000 names of Wikidata (CC0), after Merhav and Ash,
COLING 2018. The scripts of South-East Asia and Tibet write them like any other word, so that
each stretch of a few syllables may be one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import regex

from dragoman.analysis.fold import fold
from dragoman.analysis.syllables import SCRIPTS, TSHEGS, is_chained, joined, units
from dragoman.analysis.zawgyi import to_unicode

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 12
"""Characters of a stretch; a longer one is no single name."""

# fmt: off
_TRANSLITERATING = (
    "斯尔克特拉德里尼卡利格阿夫布维罗马亚科巴纳塔奇奥雷基迪普洛西伊诺米瓦达莱姆托贝曼"
    "哈勒蒂萨吉兰比恩安多森加弗莫埃希鲁塞赫林艾梅波帕兹伯索伦内耶菲瑞库娜博沃杜麦法提"
    "玛沙古茨皮霍凯佩苏金乌费泰威莉什福史戈顿扎图杰蒙海泽列穆雅切文瑟努卢欧施妮坦登朗"
    "高韦劳查谢娃丝丹乔约辛桑丁齐佛丽尤戴柯莎贾柏赛隆默盖温本奈佐坎肯因康汉根夏宁班琳"
    "芬南涅考明舒道舍那摩哥路胡迈鲍奎可扬祖葛宾美华娅季厄万思甘潘豪门拿邦李亨凡赖伍朱"
    "派山席狄儿昂许契代嘉保拜爱得松东别吕毕芙廷汀赞力滕纽卜叶木热王蕾詹天日皇薇孔平依"
    "修崔素宗密寇士治肖历连怀珀英卓捷翰龙翁彼恰昆魏丘歇立策唐彭津珊荷都钦休惠琪贡通露"
    "黛度楚逊堡当琴申罕陶子察旺理黑云大姬富绍若锡雪奴珍冈方武烈贺侯域洁碧臣农冯彻撒柳"
    "莲宝札洪田第芭蓝蓬邓勃司尚留略世乐帝庞敏教永腾薛于公圣失孟白翠迦其如斐易良芒范主"
    "仁夸岑川汗萝赤铁佳哲太歌毛济灵琼一久义伽圭师廖欣汤真藤允堤慕朵梭香丰各呼地妲小忽"
)
# fmt: on

_RUN = regex.compile(rf"[\p{{Katakana}}ー]{{2,}}|[{_TRANSLITERATING}]{{2,}}")
_MOST_UNITS, _LINK = 8, 3
_INSIDE = r"\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_INVISIBLE = regex.compile(f"[{_INSIDE}]")
_CHAINED_RUN = regex.compile(
    "|".join(
        rf"[\p{{{script}}}&&\p{{L}}](?:[\p{{{script}}}&&[\p{{L}}\p{{M}}{TSHEGS}]]|[{_INSIDE}])*"
        for script in SCRIPTS
    ),
    regex.V1,
)
_UNSPACED = regex.compile(r"[\p{Han}\p{Katakana}]")
_MAY_BE_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9f\U00016f00-\U0003ffff]")


def name_runs(text: str) -> set[str]:
    """The stretches of a text that may spell foreign names, as far as the writing tells.

    Those of Chinese and Japanese are folded. Of the scripts of `dragoman.analysis.syllables` it
    is whole runs that are short enough for a name.
    """
    found = {run for run in _chained(text) if _is_short(units(run))}
    return found | _transliterating(text)


def links(text: str) -> set[str]:
    """All stretches of three units, or of two where a run has no more, of a text's runs.

    Of which chains of units may be made that are names (`dragoman.chains`).
    """
    return {link for run in _chained(text) for link in _cut(units(run))}


def names_unspaced(text: str) -> set[str]:
    """Both, found at once."""
    found: set[str] = set()
    for run in _chained(text):
        row = units(run)
        found.update(_cut(row))
        if _is_short(row):
            found.add(run)
    return found | _transliterating(text)


def _is_short(row: list[str]) -> bool:
    return 2 <= len(row) <= _MOST_UNITS


def _cut(row: list[str]) -> Iterator[str]:
    """The links of a run, given by its units."""
    if len(row) > 1:
        for at in range(max(len(row) - _LINK + 1, 1)):
            yield joined(row[at : at + _LINK])


def _transliterating(text: str) -> set[str]:
    """The stretches that Chinese and Japanese may write a foreign name with."""
    if text.isascii() or not (_MAY_BE_UNSPACED.search(text) and _UNSPACED.search(text)):
        return set()
    return {run for run in _RUN.findall(_folded(text)) if len(run) <= LONGEST}


def _chained(text: str) -> set[str]:
    """The runs of the scripts of `dragoman.analysis.syllables`, without what is invisible."""
    if not is_chained(text):
        return set()
    composed = unicodedata.normalize("NFC", to_unicode(text))
    return {_INVISIBLE.sub("", run) for run in _CHAINED_RUN.findall(composed)}


def _folded(text: str) -> str:
    """Each character folded, so that both Chinese orthographies are read alike."""
    return "".join(fold(character) or " " for character in text)
