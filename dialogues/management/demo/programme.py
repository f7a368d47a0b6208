"""What the demo's sessions are about and where they take place: texts in both languages, as a coordinator would write them."""

from dataclasses import dataclass, field

from dialogues.enums import Listing, SessionKind

INVENTED_AR = "جلسة غير حقيقية، لتجربة الموقع فقط."
INVENTED_EN = "An invented session, for trying the site."

# P-code of the municipality, name and address in Arabic and English.
ROOMS = {
    "tripoli": (
        "LY021104",
        "قاعة طرابلس",
        "Tripoli room",
        "مبنى التدريب، الطابق الأول",
        "Training building, first floor",
    ),
    "benghazi": ("LY010304", "قاعة بنغازي", "Benghazi room", "قاعة الاجتماعات الكبرى", "The large meeting room"),
    "sebha": ("LY031901", "قاعة سبها", "Sebha room", "مركز التدريب الصحي", "Health training centre"),
    "misrata": ("LY021401", "قاعة مصراتة", "Misrata room", "قاعة المحاضرات", "Lecture hall"),
    "albayda": ("LY010602", "قاعة البيضاء", "Albayda room", "قاعة المحاضرات", "Lecture hall"),
    "murzuq": ("LY032204", "قاعة مرزق", "Murzuq room", "المركز الصحي", "Health centre"),
    "online": ("", "القاعة الإلكترونية", "Online room", "", ""),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One session: its texts, its places with their seats, whom it invites."""

    key: str
    kind: str
    title_ar: str
    title_en: str
    summary_ar: str
    summary_en: str
    rooms: dict[str, int]
    side: str = ""
    hours: float = 3
    agenda_ar: str = ""
    agenda_en: str = ""
    listing: str = Listing.PUBLIC
    chatham_house: bool = False
    abroad: bool = True
    professions: tuple[str, ...] = ()
    facilitators: tuple[str, ...] = ()
    link_minutes: int = 30
    hosts: dict[str, str] = field(default_factory=dict)


THREE_ROOMS = {"tripoli": 12, "benghazi": 12, "sebha": 12}
HOSTS = {"tripoli": "member1.west", "benghazi": "member1.east", "sebha": "member1.south"}

PLANS = [
    Plan(
        "first",
        SessionKind.DIALOGUE,
        "صحة واحدة في كل الجهات",
        "One health on every side",
        "أول لقاء بين ممارسين من الشرق والغرب والجنوب، في ثلاث قاعات يجمعها الاتصال المرئي: ماذا يمكن أن نفعل معًا من الآن؟",
        "Practitioners of the three sides meet for the first time, in three rooms joined by video: what can we do together?",
        THREE_ROOMS,
        agenda_ar="تعارف\nأصعب ما واجهنا هذا العام\nما نتفق عليه\nموعد اللقاء القادم",
        agenda_en="Introductions\nThe hardest of this year\nWhat we agree on\nWhen we meet again",
        chatham_house=True,
        abroad=False,
        hosts=HOSTS,
    ),
    Plan(
        "second",
        SessionKind.DIALOGUE,
        "سلامة العاملين الصحيين",
        "The safety of health workers",
        "الاعتداء على الطواقم والمرافق: كيف نحمي من يعالج، وكيف نوثّق ما يقع توثيقًا واحدًا في كل الجهات؟",
        "Attacks on staff and facilities: how to protect those who treat, and to record what happens in one way on every side.",
        {**THREE_ROOMS, "online": 40},
        agenda_ar="الوقائع\nما يحمي\nاستمارة موحدة",
        agenda_en="What happens\nWhat protects\nOne common form",
        chatham_house=True,
        facilitators=("national.west",),
        hosts=HOSTS,
    ),
    Plan(
        "oxygen",
        SessionKind.CASE_STUDY,
        "الأكسجين في مستشفى ريفي",
        "Oxygen in a rural hospital",
        "كيف أمّن مستشفى صغير الأكسجين عشرة أيام انقطع فيها الطريق، وما الذي كان سيغيّره فريقه لو عاد به الزمن.",
        "How a small hospital kept its oxygen for ten days with the road cut, and what its team would do differently.",
        {"albayda": 20},
        side="east",
        hours=2,
        listing=Listing.PUBLIC,
        facilitators=("member2.east",),
    ),
    Plan(
        "hands",
        SessionKind.INFORMATION,
        "النظافة ومكافحة العدوى",
        "Clean hands, fewer infections",
        "ما الذي يقلّل عدوى المستشفيات بأقل كلفة، بأمثلة من ثلاثة مستشفيات.",
        "What lowers infections in hospitals at the least cost, with examples from three hospitals.",
        {**THREE_ROOMS, "online": 40},
        hours=2,
    ),
    Plan(
        "referral",
        SessionKind.INFORMATION,
        "الإحالة من الجنوب إلى المستشفيات التخصصية",
        "Referral from the south to specialised hospitals",
        "من يتصل بمن، وما الأوراق المطلوبة، وكيف يُنقل المريض بأمان.",
        "Who calls whom, which papers are needed, and how a patient travels safely.",
        {"sebha": 20},
        side="south",
        hours=1.5,
        listing=Listing.MEMBERS,
    ),
    Plan(
        "triage",
        SessionKind.WORKSHOP,
        "فرز الإصابات في الطوارئ",
        "Triage in the emergency room",
        "تدريب عملي على فرز المصابين حين تفوق أعدادهم الأسرّة.",
        "Practical training: sorting the injured when there are more of them than beds.",
        {"tripoli": 10, "benghazi": 10, "sebha": 10, "online": 30},
        hours=4,
        facilitators=("national.west",),
        hosts=HOSTS,
    ),
    Plan(
        "medicines",
        SessionKind.DIALOGUE,
        "الأدوية المنقذة للحياة",
        "Life-saving medicines",
        "الإنسولين وأدوية الأورام وغسيل الكلى: أين تنفد، وكيف نتبادل الفائض بين الجهات قبل أن تنتهي صلاحيته؟",
        "Insulin, cancer drugs, dialysis: where they run out, and how the sides can share what is left over before it expires.",
        {**THREE_ROOMS, "online": 40},
        agenda_ar="ما ينقص الآن\nقائمة مشتركة\nطريق آمن للتبادل\nمن يتابع ماذا",
        agenda_en="What is missing now\nA common list\nA safe way of sharing\nWho follows up what",
        chatham_house=True,
        facilitators=("national.abroad",),
        hosts=HOSTS,
    ),
    Plan(
        "vaccination",
        SessionKind.INFORMATION,
        "حملة التطعيم في المدارس",
        "The vaccination campaign in schools",
        "مواعيد الحملة، وسلسلة التبريد، ودور كل مركز صحي فيها.",
        "The dates of the campaign, the cold chain, and what each health centre does in it.",
        {"misrata": 5},
        side="west",
        hours=2,
        listing=Listing.MEMBERS,
    ),
    Plan(
        "measles",
        SessionKind.CASE_STUDY,
        "تفشٍّ للحصبة احتُوي في أسبوعين",
        "A measles outbreak contained in two weeks",
        "من أول حالة إلى آخر حالة: الترصّد والتبليغ والتطعيم، وما تعلّمته الفرق من جهتين عملتا معًا.",
        "From the first case to the last: surveillance, reporting, vaccination, and what teams of two sides learned by working together.",
        {"benghazi": 15, "online": 60},
        hours=2,
        professions=("2211", "2212", "2221", "2222", "2263", "3253"),
        facilitators=("member2.east", "member5.west"),
    ),
    Plan(
        "first_aid",
        SessionKind.WORKSHOP,
        "الإسعاف النفسي الأولي",
        "Psychological first aid",
        "كيف نصغي إلى من مرّ بصدمة، وماذا نقول، ومتى نحيل. للعاملين في كل المهن الصحية.",
        "How to listen to somebody after a shock, what to say, and when to refer. For all professions.",
        {"online": 50},
        hours=2,
        facilitators=("member7.west", "member4.abroad"),
        link_minutes=60,
    ),
    Plan(
        "dialysis",
        SessionKind.INFORMATION,
        "خدمات غسيل الكلى في الشرق",
        "Dialysis services in the east",
        "المراكز العاملة ومواعيدها وأجهزتها، وكيف يُحوَّل المريض حين يتوقف مركزه.",
        "Which centres work, when, with which machines, and where a patient goes when their centre stops.",
        {"benghazi": 25},
        side="east",
        hours=2,
        listing=Listing.MEMBERS,
    ),
    Plan(
        "birth",
        SessionKind.WORKSHOP,
        "الولادة الآمنة في المناطق النائية",
        "Safe birth in remote places",
        "علامات الخطر، وما يمكن فعله قبل وصول الإسعاف، وتدريب على نموذج.",
        "Signs of danger, what can be done before the ambulance comes, and practice on a model.",
        {"murzuq": 12},
        side="south",
        hours=5,
        listing=Listing.INVITED,
        professions=("2211", "2212", "2221", "2222", "3222", "3258"),
    ),
    Plan(
        "telemedicine",
        SessionKind.INFORMATION,
        "الطب عن بُعد بين الجهات",
        "Telemedicine between the sides",
        "تجربة ثلاثة مستشفيات في استشارة الاختصاصيين بالاتصال المرئي.",
        "How three hospitals consult specialists by video.",
        {"tripoli": 20, "online": 40},
        hours=2,
    ),
    Plan(
        "winter",
        SessionKind.DIALOGUE,
        "الاستعداد لأمراض الشتاء",
        "Getting ready for winter diseases",
        "مسودة تنتظر موعد القاعات.",
        "A draft that waits for the rooms to be booked.",
        THREE_ROOMS,
        chatham_house=True,
    ),
    Plan(
        "records",
        SessionKind.WORKSHOP,
        "السجل الطبي الورقي حين تنقطع الكهرباء",
        "Paper records when the power is cut",
        "مسودة لورشة في الغرب.",
        "A draft of a workshop in the west.",
        {"tripoli": 15},
        side="west",
        listing=Listing.MEMBERS,
    ),
]
