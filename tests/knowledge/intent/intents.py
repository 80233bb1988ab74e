"""A small set of intents and an encoder that needs no model."""

from __future__ import annotations

import zlib

import numpy as np

from knowledge.intent.definitions import definitions_from


class HashEncoder:
    """Alike texts share letters: counts of character pairs, hashed."""

    def encode(self, texts):
        vectors = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            padded = f" {text.casefold()} "
            for size in (1, 2, 3):
                for start in range(len(padded) - size + 1):
                    row[zlib.crc32(padded[start : start + size].encode()) % 512] += size
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


DATA = [
    {
        "key": "greeting",
        "action": "chitchat",
        "replies": {"zh": "您好！", "en": "Hello!"},
        "examples": {"zh": ["你好", "您好", "在吗", "早上好", "大家好"], "en": ["hello", "hi there", "good morning", "hey", "good evening"]},
        "phrases": {"zh": ["你好", "您好", "在吗", "早上好"], "en": ["hello", "hi", "hey", "good morning"]},
    },
    {
        "key": "thanks",
        "action": "chitchat",
        "replies": {"zh": "不客气！", "en": "You are welcome!"},
        "examples": {"zh": ["谢谢", "非常感谢", "多谢了", "感谢帮助", "谢谢你"], "en": ["thanks", "thank you", "cheers", "thanks a lot"]},
        "phrases": {"zh": ["谢谢", "多谢", "感谢"], "en": ["thanks", "thank you", "thx"]},
    },
    {
        "key": "human",
        "action": "handoff",
        "replies": {"zh": "正在为您转接。", "en": "Putting you through."},
        "examples": {
            "zh": ["转人工", "我要人工客服", "找个真人跟我说话", "帮我接客服", "别让机器人回答我"],
            "en": ["let me talk to a human", "I want to speak to a real person", "connect me to an agent", "get me a human"],
        },
        "phrases": {"zh": ["人工", "转人工", "人工客服", "真人客服"], "en": ["talk to a human", "speak to a human", "real person", "human"]},
    },
    {
        "key": "complaint",
        "action": "handoff",
        "replies": {"zh": "很抱歉。", "en": "I am sorry."},
        "examples": {
            "zh": ["我要投诉", "你们太差了", "服务态度恶劣我要举报", "我要投诉你们", "太让人生气了"],
            "en": ["I want to complain", "your service is terrible", "this is outrageous, I will complain", "I am furious", "worst service ever"],
        },
        "phrases": {"zh": ["我要投诉", "投诉你们"], "en": ["i want to complain", "make a complaint", "file a complaint"]},
    },
    {
        "key": "out_of_scope",
        "action": "refuse",
        "replies": {"zh": "这个我帮不上忙。", "en": "I cannot help with that."},
        "examples": {
            "zh": ["今天天气怎么样", "帮我写一段代码", "讲个笑话", "谁是总统", "给我写首诗"],
            "en": ["what is the weather today", "write python code for me", "tell me a joke", "who is the president", "write me a poem"],
        },
        "phrases": {"zh": ["天气怎么样", "讲个笑话"], "en": ["tell me a joke", "what's the weather"]},
    },
]

DEFINITIONS = definitions_from(DATA)
