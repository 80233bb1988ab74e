"""The built-in texts of the product towards visitors, in both languages. A site may replace each of them.

Errors are texts of their own: `error.<code>`.
"""

from __future__ import annotations

from csbot.conversations.errors import Refused

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "greeting": "您好，请问有什么可以帮您？",
        "clarify": "您想问的是不是：",
        "none_of_these": "都不是",
        "quote": "我在资料里找到这些：",
        "no_evidence": "这个问题我手头的资料里没有答案，不想随便猜。要为您转接人工客服吗？",
        "out_of_scope": "这个问题不在我能帮忙的范围内。与我们的商品和服务有关的问题，请尽管问。",
        "safety": "这样的内容我无法回应。如果需要帮助，请换一种说法，或者联系人工客服。",
        "safety_handoff": "我们很在意您的感受，已经请人工客服尽快与您联系。",
        "in_need": (
            "听到您这么说，我们很担心您。您不必一个人扛着：现在就可以拨打心理援助热线 12356；情况紧急时，请马上拨打 120 或 110。"
            "我们已经请人工客服尽快与您联系。"
        ),
        "in_need_alone": "听到您这么说，我们很担心您。您不必一个人扛着：现在就可以拨打心理援助热线 12356；情况紧急时，请马上拨打 120 或 110。",
        "engine_down": "暂时只能回答常见问题，这个问题我还答不上来。要为您转接人工客服吗？",
        "engine_full": "现在提问的人很多，我正在写 {ahead} 个回答，一时顾不上这一个。常见问题仍可问我；请稍后再问，或者为您转接人工客服？",
        "lookup_failed": "我们的系统暂时查不到，不想随便回答您。请稍后再试，或者为您转接人工客服？",
        "sign_in": "这个要先知道您是谁才能查。请先在网站上登录，然后再问我一次。",
        "failed": "抱歉，这次没能答上来。请再试一次，或者转接人工客服。",
        "filtered": "后面的内容不适合显示。",
        "filtered_handoff": "后面的内容不适合由我回答，已经请人工客服继续为您服务。",
        "words_hidden": "部分文字已用 * 代替。",
        "withheld": "这条消息含有不便转达的内容，没有转给客服。请换一种说法。",
        "handoff_offer": "需要人工客服吗？",
        "handoff_done": "好的，已为您转接人工客服，请稍候。",
        "handoff_cancelled": "好的，我们继续。需要人工客服时随时告诉我。",
        "back_to_bot": "现在由智能助手继续为您服务。需要人工客服时随时告诉我。",
        "closed": "这次会话已结束。还有问题时，直接在这里写给我们就好。",
        "leave_message": "现在没有人工客服在线。请在这里留下您的问题和联系方式，我们上线后会在这里回复您。",
        "leave_message_until": "现在没有人工客服在线。请在这里留下您的问题和联系方式，我们 {when} 上线后会在这里回复您。",
        "sorry": "非常抱歉给您带来不好的体验。",
        "complaint": "非常抱歉给您带来不好的体验。已为您转接人工客服，请稍候。",
        "chitchat": "我是自动客服，可以回答与我们的商品和服务有关的问题。",
        "error.empty": "消息是空的，请写下您的问题。",
        "error.too_long": "消息太长了（{length} 个字符），最多 {limit} 个。请缩短后再发。",
        "error.too_fast": "消息发得太快了，请稍等 {seconds} 秒再发。",
        "error.busy": "前面的问题还在处理，请等一下再发。",
        "error.client_id_reused": "这条消息的编号已经用过，请刷新页面后重试。",
        "error.bad_frame": "收到的数据有误（{field}），请刷新页面后重试。",
        "error.bad_json": "收到的数据无法读取，请刷新页面后重试。",
        "error.not_found": "没有找到，可能已经失效。请刷新页面后重试。",
        "error.session_expired": "会话已过期，请刷新页面。",
        "error.site_off": "这里的在线客服已停用，请通过其他方式联系商家。",
        "error.owner_changed": "这个会话已由别人接手。",
        "error.held_by": "{name} 正在处理这个会话。确实要处理的话，请先接管。",
        "error.at_capacity": "您手上的会话已达上限（{capacity} 个），请先结束或转交一个。",
        "error.blocked": "这段话含有不能发送的词（{word}），请换一种说法。",
        "error.version_needed": "请求缺少会话的版本号（If-Match），请刷新页面后重试。",
        "error.unavailable": "暂时连不上，消息还没有发出。请稍后再试。",
    },
    "en": {
        "greeting": "Hello, how can I help you?",
        "clarify": "Did you mean:",
        "none_of_these": "None of these",
        "quote": "This is what I found in our material:",
        "no_evidence": "I have no answer to this in my material, and I would rather not guess. Shall I put you through to a person?",
        "out_of_scope": "That is outside of what I can help with. Please ask me anything about our products and services.",
        "safety": "I cannot respond to this. If you need help, please put it differently or ask for a person.",
        "safety_handoff": "We care about how you are. A member of our staff will be with you as soon as possible.",
        "in_need": (
            "We are worried about you, and you do not have to carry this alone. If you are in danger, please call your local emergency number now; "
            "people who listen, in your country, are listed at https://findahelpline.com. We have asked a member of our staff to be with you "
            "as soon as possible."
        ),
        "in_need_alone": (
            "We are worried about you, and you do not have to carry this alone. If you are in danger, please call your local emergency number now; "
            "people who listen, in your country, are listed at https://findahelpline.com."
        ),
        "engine_down": "For the moment I can answer common questions only, and this is not one of them. Shall I put you through to a person?",
        "engine_full": (
            "Many people are asking right now: I am writing {ahead} answers already and cannot take this one. I still answer common "
            "questions. Please ask again in a moment, or shall I put you through to a person?"
        ),
        "lookup_failed": "Our system gives no answer right now, and I would rather not guess. Please try again later, or shall I call a person?",
        "sign_in": "I need to know who you are to look this up. Please sign in on the website, then ask me again.",
        "failed": "Sorry, I could not answer this time. Please try again, or ask for a person.",
        "filtered": "The rest is not suitable to be shown.",
        "filtered_handoff": "The rest is not for me to answer. I am asking a person to go on with you.",
        "words_hidden": "Some words were replaced by asterisks.",
        "withheld": "This message holds words that are not passed on, so our staff did not get it. Please put it differently.",
        "handoff_offer": "Would you like to talk to a person?",
        "handoff_done": "All right, I am putting you through to a person. One moment, please.",
        "handoff_cancelled": "All right, let us go on. Tell me whenever you would like a person.",
        "back_to_bot": "The assistant is with you again. Tell me whenever you would like a person.",
        "closed": "This conversation was closed. If there is anything else, just write here.",
        "leave_message": "None of our staff is online. Please leave your question and how to reach you; we will answer here once we are back.",
        "leave_message_until": "None of our staff is online. Please leave your question and how to reach you; we are back on {when} and answer here.",
        "sorry": "I am sorry about this.",
        "complaint": "I am sorry about this. I am putting you through to a person. One moment, please.",
        "chitchat": "I am the chat assistant and can answer questions about our products and services.",
        "error.empty": "The message is empty. Please write your question.",
        "error.too_long": "The message is too long ({length} characters; at most {limit}). Please shorten it and send it again.",
        "error.too_fast": "You are sending too fast. Please wait {seconds} seconds.",
        "error.busy": "I am still working on your earlier questions. Please wait a moment.",
        "error.client_id_reused": "This message number was used before. Please reload the page and try again.",
        "error.bad_frame": "The data received is wrong ({field}). Please reload the page and try again.",
        "error.bad_json": "The data received cannot be read. Please reload the page and try again.",
        "error.not_found": "This was not found; it may have expired. Please reload the page and try again.",
        "error.session_expired": "Your session has expired. Please reload the page.",
        "error.site_off": "The chat of this site was switched off. Please get in touch another way.",
        "error.owner_changed": "Somebody else has taken this conversation.",
        "error.held_by": "{name} has this conversation. Take it over first, if you mean to.",
        "error.at_capacity": "You have as many conversations as you can take ({capacity}). Please close or transfer one first.",
        "error.blocked": "This text holds words that cannot be sent ({word}). Please put it differently.",
        "error.version_needed": "The request does not say which version of the conversation it means (If-Match). Please reload and try again.",
        "error.unavailable": "No connection for the moment; your message was not sent. Please try again shortly.",
    },
}


def built_in(language: str, key: str, **values: object) -> str:
    return TEXTS[language if language in TEXTS else "en"][key].format(**values)


def error_text(refusal: Refused, language: str) -> str:
    """What was wrong and what to do, in the sender's language."""
    seconds = max(1, round(refusal.retry_after_s or 0))
    return built_in(language, f"error.{refusal.code}", **{"field": "?", "seconds": seconds, **refusal.values})
