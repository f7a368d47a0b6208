"""What the demo's measures say."""

from dataclasses import dataclass

INVENTED_AR = "إجراء غير حقيقي، لتجربة الموقع فقط."
INVENTED_EN = "An invented measure, for trying the site."


@dataclass(frozen=True, slots=True)
class Text:
    """One measure: title, text and reasons in both languages, and its topic."""

    title_ar: str
    title_en: str
    text_ar: str
    text_en: str
    reasons_ar: str
    reasons_en: str
    topic: str = ""

    def words(self) -> dict[str, str]:
        """Return it as the services take it, marked as invented."""
        parts = ("title_ar", "title_en", "text_ar", "text_en")
        return {part: getattr(self, part) for part in parts} | {
            "reasons_ar": f"{self.reasons_ar}\n\n{INVENTED_AR}",
            "reasons_en": f"{self.reasons_en}\n\n{INVENTED_EN}",
        }


PHONE_ROUND = Text(
    "اتصال أسبوعي بشأن الأكسجين",
    "A weekly call about oxygen",
    "يتصل مستشفى من كل جهة بالمستشفيين الآخرين كل يوم أحد، ويبلغهما بعدد أسطوانات الأكسجين لديه.",
    "Every Sunday one hospital of each side calls the other two and says how many oxygen cylinders it has.",
    "لا يعرف أي مستشفى ما لدى غيره إلا بعد فوات الأوان.",
    "No hospital knows what another one has until it is too late.",
    "sara-05",
)
OXYGEN = Text(
    "قائمة واحدة للأكسجين في الجهات الثلاث",
    "One oxygen list for the three sides",
    "نتفق نحن الممارسين الصحيين في الشرق والغرب والجنوب على قائمة واحدة:\n\n"
    "1. يسجّل كل مستشفى عدد أسطواناته الممتلئة والفارغة مساء كل أحد.\n"
    "2. تُتاح القائمة للمرافق كلها، ولا يُذكر فيها اسم أي مريض.\n"
    "3. من لديه ما يزيد على حاجة أسبوعين يعير أقرب مرفق محتاج، **من أي جهة كان**.\n\n"
    "لا يُسأل سائق سيارة إسعاف من أي جهة جاء.",
    "We, health practitioners of the east, the west and the south, agree on one list:\n\n"
    "1. Every hospital enters its full and empty cylinders each Sunday evening.\n"
    "2. All facilities read the list, and no patient is named in it.\n"
    "3. Whoever has more than two weeks’ need lends to the nearest facility that lacks, **of whichever side**.\n\n"
    "No ambulance driver is asked from which side they come.",
    "في صيف واحد توقفت ثلاثة مولّدات أكسجين، وكانت الأسطوانات على بعد ساعتين.",
    "In a single summer three oxygen generators stopped, and the cylinders were two hours away.",
    "sara-05",
)
VACCINES = Text(
    "أيام تطعيم مشتركة عبر الجهات",
    "Vaccination days across the sides",
    "تُقام أيام التطعيم في الأسبوع نفسه في الجهات الثلاث، مرتين في السنة:\n\n"
    "- يُقبل كتيّب التطعيم لأي طفل أيًّا كان مكان إصداره.\n"
    "- تتبادل المخازن صناديق التبريد قبل الحملة بأسبوع.\n"
    "- يُعلن الموعد قبل شهر، في يوم واحد وبنص واحد.",
    "Vaccination days are held in the same week on all three sides, twice a year:\n\n"
    "- Any child’s health card is accepted, wherever it was issued.\n"
    "- Cold boxes are exchanged between the stores a week before.\n"
    "- The date is announced a month ahead, on one day and in one wording.",
    "تنتقل الأسر النازحة بين الجهات ومعها أطفال فاتتهم جرعات.",
    "Displaced families cross the sides with children who have missed doses.",
    "sara-12",
)
REFERRAL = Text(
    "إحالة الحالات الشديدة دون تأخير",
    "Referral of severe cases without delay",
    "تُقبل الحالة الشديدة في أقرب مستشفى تخصصي فيه سرير شاغر، بنموذج إحالة واحد للجهات الثلاث.\n\n"
    "يردّ المستشفى خلال ساعة، ويرافق المريضَ ممرّض واحد على الأقل.",
    "A severe case is admitted to the nearest specialised hospital with a bed, on one referral form for all three sides.\n\n"
    "The hospital answers within an hour. At least one nurse travels with the patient.",
    "في الجنوب ينتظر المصاب ساعات حتى يُعرف أي مستشفى يقبله.",
    "In the south the injured wait for hours until it is known who will take them.",
)
CODE = Text(
    "مدوّنة سلوك واحدة لشبكات العمل الصحي",
    "One code of conduct for the health networks",
    "تلتزم الشبكات بما يلي:\n\n"
    "1. الرعاية حسب الحاجة، لا حسب الانتماء.\n"
    "2. لا سلاح في مرفق صحي، ولا صورة لمريض بغير إذنه.\n"
    "3. من يرى مخالفة يبلغ بها الشبكة كلها، ولا يُعاقَب على ذلك.",
    "The networks bind themselves to this:\n\n"
    "1. Care for those who need it, not for those who belong.\n"
    "2. No weapon in a health facility, no picture of a patient without their consent.\n"
    "3. Whoever sees a breach reports it to the whole network and is not punished.",
    "لكل شبكة مدوّنتها، ولا يعرف المريض بأيها يحتج.",
    "Each network has its own, and no patient knows which one to invoke.",
)
NIGHTS = Text(
    "جدول مناوبات ليلية للجراحين",
    "A night rota of surgeons",
    "يُنشر كل شهر جدول واحد بأسماء المستشفيات التي فيها جرّاح مناوب ليلًا، ويُتاح لمراكز الإسعاف في الجهات الثلاث.",
    "Once a month one rota names the hospitals that have a surgeon at night, open to the ambulance stations of all three sides.",
    "تصل سيارة الإسعاف ليلًا فلا تجد جرّاحًا.",
    "An ambulance arrives at night and finds no surgeon.",
)
PRICES = Text(
    "قائمة أسعار موحدة للتحاليل الطبية",
    "One price list for laboratory tests",
    "تعلّق المختبرات الخاصة قائمة أسعار واحدة لعشرين تحليلًا أساسيًا، وتُراجع كل ستة أشهر.",
    "Private laboratories put up one price list for twenty basic tests, looked at again every six months.",
    "يدفع المريض في مدينة ضعف ما يدفعه في أخرى.",
    "In one town a patient pays twice what they pay in another.",
    "sara-07",
)
CHAT = Text(
    "مجموعة مراسلة واحدة لكل الأقسام",
    "One chat group for all wards",
    "تُنشأ مجموعة مراسلة واحدة تتبادل فيها الأقسام صور الأشعة.",
    "One chat group is set up in which wards exchange X-ray pictures.",
    "أسرع طريق لطلب الرأي.",
    "The fastest way to ask for an opinion.",
)
ROADS = Text(
    "عبور سيارات الإسعاف عند البوابات",
    "Ambulances at checkpoints",
    "يُتفق على علامة واحدة لسيارات الإسعاف تعرفها كل بوابة.",
    "One sign for ambulances that every checkpoint knows.",
    "",
    "",
)
COMMENTS = (
    (2, "نقترح أن يُذكر الطاقم المرافق أيضًا، لا المريض وحده."),
    (0, "نص واضح. هل يشمل المتطوعين؟"),
    (1, "Who receives the report when a network has no office in the south?"),
)
OBJECTION = "الساعة الواحدة لا تكفي حيث لا تغطية للهاتف. نقبل بساعتين في الجنوب."
WITHDRAWN_BECAUSE = "صور المرضى لا تُرسل عبر تطبيقات المراسلة. سنكتب اقتراحًا آخر."
DROPPED_BECAUSE = "احترق المخزن المقصود، وننقل المهمة إلى المستشفى العام."
RETURNED_BECAUSE = "القائمة بلا توقيع أمين المخزن."


@dataclass(frozen=True, slots=True)
class Deed:
    """One action: what, what proves it, until when (days from now), by whom, and how far it is."""

    title_ar: str
    title_en: str
    wanted_ar: str
    wanted_en: str
    days: int
    owners: tuple[str, str]
    state: str


DEEDS = (
    Deed(
        "جرد أسطوانات الأكسجين في ستة مستشفيات", "Count the cylinders in six hospitals",
        "قائمة موقّعة من كل مستشفى", "A signed list from each hospital",
        -20, ("member2.west", "member2.east"), "confirmed",
    ),
    Deed(
        "تدريب اثنين من كل مخزن على القائمة", "Train two people of each store in the list",
        "أسماء المرافق وتاريخ التدريب", "The facilities and the day of the training",
        10, ("member2.south", "member1.east"), "claimed",
    ),
    Deed(
        "شاحن وهاتف لكل مستشفى قروي", "A charger and a telephone for each rural hospital",
        "إيصال استلام موقّع", "A signed receipt",
        -12, ("member1.east", "member1.south"), "in_progress",
    ),
    Deed(
        "مراجعة القائمة بعد ثلاثة أشهر", "Look at the list after three months",
        "تقرير من صفحة واحدة", "A report of one page",
        45, ("member1.west", "member1.south"), "planned",
    ),
    Deed(
        "نقل عشرين أسطوانة من المخزن الساحلي", "Move twenty cylinders from the coastal store",
        "محضر تسليم واستلام", "A record of the hand-over",
        5, ("member1.west", "member2.east"), "dropped",
    ),
)  # fmt: skip
