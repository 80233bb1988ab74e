"""Characters that look like or stand for others: look-alikes of Latin letters, the ways to write a digit, Roman numerals.

Own compilation. Knows pairs; does not know Unicode's foldings.
"""

from __future__ import annotations


def pairs(*rows: str) -> dict[str, str]:
    return {look: letter for row in rows for letter, looks in [row.split(":")] for look in looks}


# Small letters only, because case is folded before; own compilation of letters that look like a Latin one. Before folding stand the
# capitals (and variants) that look like another Latin letter than what they fold to.
LOOK_ALIKES = pairs(
    "a:аαɑᴀꭺ", "b:вβʙɓᏼƅьꮟ", "c:сϲᴄƈⅽꮯ", "d:ԁɗᴅđꭰ", "e:еεɛᴇєҽꭼ", "f:ꜰƒք", "g:ɡɢցԍǥꮐ", "h:нһʜհħηꮋ", "i:іιɪıɩꭵꮖ", "j:јᴊʝꭻ",
    "k:кκᴋƙꮶ", "l:ʟłӏꮮ", "m:мᴍꮇ", "n:ոռɴɲƞ", "o:оοσօᴏøөо", "p:рρᴘƥꮲ", "q:ԛգ", "r:ʀгꭱꮢ", "s:ѕꜱʂꮪ", "t:тτᴛŧƭꭲ", "u:υսᴜμʊ",
    "v:νѵᴠʋꮩ", "w:ԝᴡωѡшꮃ", "x:хχҳ", "y:уγʏүƴყꮍ", "z:ᴢʐƶζꮓ",
)  # fmt: skip

UNFOLDED = pairs(
    "a:Ꭺ", "b:Ᏼ", "c:ϲϹ", "d:Ꭰ", "e:Ꭼ", "g:Ꮐ", "h:ΗᎻ", "i:Ꭵ", "j:ϳᎫ", "k:Ꮶ", "l:Ꮮ", "m:ΜᎷ", "n:Ν", "p:Ꮲ", "r:Ꮢ", "s:Ꮪ", "t:Ꭲ", "v:Ꮩ", "w:Ꮃ",
    "y:ΥҮ", "z:Ꮓ",
)  # fmt: skip

# One way to write each digit. As in "1夜情" and "三级片": Chinese numerals are read as digits; they have no border as those have.
NUMERALS = pairs("0:〇零", "1:一壹弌", "2:二贰貳弍", "3:三叁叄弎", "4:四肆", "5:五伍", "6:六陆陸", "7:七柒", "8:八捌", "9:九玖")

ROMAN = 0x2160, 0x2170  # signs from one to nine
ROMAN_LETTERS = {1: "il"}
