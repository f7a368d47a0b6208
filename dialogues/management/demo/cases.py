"""The demo's case studies: published ones of every side, one under review, one returned, one draft. Invented, and marked so."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from dialogues import services
from dialogues.enums import CasePoint, CaseState, PatientConsent, SessionKind, SessionState
from dialogues.management.demo.people import Cast
from dialogues.models import CaseStudy, Session
from facilities.models import FacilityType
from network.models import Condition, District, Specialty
from notifications import outbox

INVENTED = {"ar": "حالة غير حقيقية، لتجربة الموقع فقط.", "en": "An invented case, for trying the site."}


@dataclass(frozen=True, slots=True)
class Told:
    """One case: whose, about what, how far it has come, and title, setting, what was done, result, lesson in Arabic and English."""

    author: str
    conditions: tuple[str, ...]
    facility_type: str
    ar: tuple[str, ...]
    en: tuple[str, ...] = ()
    specialty: str = ""
    district: str = ""
    credited: bool = False
    state: str = CaseState.PUBLISHED
    days: int = 30


CASES = [
    Told(
        "member2.east",
        ("oxygen", "pneumonia"),
        "hospital",
        (
            "عشرة أيام بلا طريق: كيف كفى الأكسجين",
            (
                "مستشفى ريفي من ثلاثين سريرًا، بلا محطة لتوليد الأكسجين. انقطع الطريق بعد السيول، وفي المخزن أسطوانات تكفي أربعة "
                "أيام بالاستهلاك المعتاد."
            ),
            (
                "عددنا الأسطوانات كل صباح وكل مساء، وعلّقنا العدد على باب القسم.\nراجعنا حاجة كل مريض بمقياس التأكسج كل "
                "أربع ساعات، وخفضنا التدفق كلما بلغ التشبع 92% إلى 94%.\nجمعنا المحتاجين في غرفة واحدة، وأصلحنا تسرب "
                "وصلتين بشريط مانع."
            ),
            (
                "نزل الاستهلاك إلى أقل من النصف في يومين، وكفت الأسطوانات عشرة أيام. لم يُنقل أحد نقلًا خطرًا، ولم نفقد "
                "أحدًا لنقص الأكسجين."
            ),
            ("نصف الأكسجين كان يضيع في التدفق الزائد والتسرب. عدّوا الأسطوانات مرتين في اليوم، فالأكسجين دواء له جرعة."),
        ),
        (
            "Ten days without a road: how the oxygen lasted",
            (
                "A rural hospital of thirty beds without a plant of its own. Floods cut the road; the cylinders in store "
                "would last four days."
            ),
            (
                "We counted the cylinders every morning and evening and hung the count on the door of the ward.\nWe "
                "checked each patient’s need with an oximeter every four hours, and lowered the flow once saturation was "
                "92% to 94%.\nWe brought those in need into one room, and stopped two leaking joints with sealing tape."
            ),
            (
                "Within two days we used less than half, and the cylinders lasted ten days. Nobody made a dangerous "
                "journey, and nobody was lost for want of oxygen."
            ),
            (
                "Half of the oxygen was lost in needless flow and leaks. Count cylinders twice a day, and treat oxygen as "
                "a drug that has a dose."
            ),
        ),
        specialty="paediatrics",
        district="LY0106",
        credited=True,
        days=21,
    ),
    Told(
        "member1.west",
        ("maternal_haemorrhage", "safe_birth"),
        "hospital",
        (
            "صندوق نزف الولادة: كل ما يلزم في يد واحدة",
            "قسم ولادة مزدحم، تُجمع فيه أدوية النزف من ثلاثة أماكن، ويضيع في ذلك ربع ساعة.",
            (
                "جهزنا صندوقًا واحدًا: أوكسيتوسين في حافظة باردة، ميزوبروستول، حمض الترانيكساميك، كانيولات وسوائل، وبطاقة "
                "بالخطوات.\nتدرّب كل فريق خمس دقائق في أول كل مناوبة.\nصرنا نقيس الدم المفقود بكيس مدرّج بدل التقدير "
                "بالنظر."
            ),
            "خلال ستة أشهر نزل الوقت إلى أول جرعة من سبع عشرة دقيقة إلى أربع، وقلّت الحاجة إلى نقل الدم بمقدار الثلث.",
            "لم تنقصنا الأدوية بل قربها منا. ضعوها في صندوق واحد، وتدربوا قليلًا وكل يوم.",
        ),
        (
            "The haemorrhage box: all that is needed in one hand",
            (
                "A busy maternity ward where the drugs for bleeding were fetched from three places, which took a quarter "
                "of an hour."
            ),
            (
                "We made up one box: oxytocin in a cool bag, misoprostol, tranexamic acid, cannulas and fluids, and a "
                "card with the steps.\nEach team trained for five minutes at the beginning of every shift.\nWe measured "
                "lost blood with a graduated bag instead of by eye."
            ),
            (
                "Over six months the time to the first dose fell from seventeen minutes to four, and a third fewer women "
                "needed a transfusion."
            ),
            (
                "We did not lack the drugs, we lacked them within reach. Put them into one box, and train briefly and "
                "daily."
            ),
        ),
        specialty="gynaecology",
        credited=True,
        days=48,
    ),
    Told(
        "member1.south",
        ("scorpion_snake", "referral"),
        "medical_centre",
        (
            "لسعات العقارب: مصل أقرب وبروتوكول واحد",
            "مركز صحي في الجنوب، يصل إليه الأطفال الملسوعون بعد ساعات من الطريق، والمصل محفوظ في المدينة وحدها.",
            (
                "وزعنا المصل على أربعة مراكز لديها ثلاجات تعمل بالشمس، واتفقنا على بطاقة واحدة لدرجات الشدة.\nيعطي الممرض "
                "الجرعة الأولى بعد مكالمة مع طبيب الطوارئ، ثم يُنقل الطفل مراقَبًا."
            ),
            (
                "في صيف واحد عولج اثنان وسبعون طفلًا، ووصلت الجرعة الأولى إلى معظمهم قبل مضي ساعة. لم تُسجَّل وفاة، وكانت "
                "ثلاث حالات تحسس خفيفة."
            ),
            "الدقيقة التي تُكسب في القرية أثمن من سرير عناية في المدينة. قرّبوا المصل ومعه هاتف الطبيب.",
        ),
        (
            "Scorpion stings: antivenom nearer by, and one protocol",
            (
                "A health centre in the south that stung children reach after hours on the road, while the antivenom was "
                "kept in the city alone."
            ),
            (
                "We shared the antivenom out to four centres with solar refrigerators, and agreed on one card of degrees "
                "of severity.\nThe nurse gives the first dose after a call with the emergency doctor, then the child "
                "travels under observation."
            ),
            (
                "In one summer seventy-two children were treated, most of whom had the first dose within an hour. Nobody "
                "died; three had a mild reaction."
            ),
            (
                "A minute won in the village is worth more than an intensive-care bed in the city. Bring the antivenom "
                "nearer, and the doctor’s advice with it."
            ),
        ),
        specialty="internal",
        days=75,
    ),
    Told(
        "member5.west",
        ("vaccination", "cold_chain", "power_water"),
        "vaccination_centre",
        (
            "سلسلة التبريد في صيف تنقطع فيه الكهرباء",
            "مركز تطعيم تنقطع عنه الكهرباء ثماني ساعات في اليوم، وقد أُتلفت فيه شحنة لقاح كاملة في العام السابق.",
            (
                "ملأنا الفراغ في الثلاجة بقوارير ماء مبردة، ومنعنا فتحها في ساعات الانقطاع.\nوضعنا مسجل حرارة في كل رف، "
                "يقرؤه الممرض صباحًا ومساءً ويرسم الخط بيده.\nاتفقنا مع مخبز قريب له مولّد على استقبال الصناديق عند "
                "الحاجة."
            ),
            (
                "طوال أربعة أشهر لم تتجاوز الحرارة ثماني درجات إلا مرتين، ولم تُتلف أي جرعة. كلفنا ذلك أقل من ثمن علبة "
                "لقاح واحدة."
            ),
            "خطة الانقطاع أهم من الثلاجة الجديدة. اعرفوا كم ساعة تصمد ثلاجتكم مغلقة، وأين تذهب الصناديق بعدها.",
        ),
        (
            "The cold chain in a summer of power cuts",
            (
                "A vaccination centre without power for eight hours a day, which had lost a whole delivery of vaccine the "
                "year before."
            ),
            (
                "We filled the empty space of the refrigerator with bottles of cold water, and forbade opening it during "
                "cuts.\nWe put a temperature logger on each shelf; the nurse reads it morning and evening and draws the "
                "line by hand.\nWe agreed with a bakery nearby, which has a generator, that it takes the boxes in when "
                "needed."
            ),
            (
                "Over four months the temperature rose above eight degrees only twice, and no dose was lost. It cost less "
                "than one box of vaccine."
            ),
            (
                "A plan for the cut matters more than a new refrigerator. Know for how many hours yours holds when shut, "
                "and where the boxes go then."
            ),
        ),
        specialty="community",
        days=110,
    ),
    Told(
        "member2.west",
        ("triage", "gunshot_blast"),
        "hospital",
        (
            "الفرز بالألوان حين يصل الجرحى دفعة واحدة",
            "قسم طوارئ من اثني عشر سريرًا، استقبل أكثر من أربعين مصابًا في ساعتين، والأهالي في الممرات.",
            (
                "وقف طبيب واحد عند الباب لا يعالج، بل يفرز بأربعة ألوان.\nجعلنا للأهالي مدخلًا آخر ومعهم من يطمئنهم كل "
                "ربع ساعة.\nكُتب اللون على ذراع المصاب، وأعيد الفرز كل نصف ساعة."
            ),
            (
                "دخل غرفة العمليات من كانوا في أشد الحاجة خلال عشرين دقيقة، بعد أن كان الدخول لمن يصل أولًا. ولم يُعتدَ "
                "على أحد من الطاقم."
            ),
            "أصعب ما في الفرز ألا يعالج من يفرز. اختاروه قبل اليوم الصعب، ودربوه، واحموه.",
        ),
        (
            "Triage by colours when the wounded come all at once",
            (
                "An emergency room of twelve beds received more than forty injured within two hours, with families in the "
                "corridors."
            ),
            (
                "One doctor stood at the door, treated nobody and sorted by four colours.\nWe gave the families another "
                "entrance, and somebody who told them every quarter of an hour how things stood.\nThe colour was written "
                "on the arm, and sorting was repeated every half hour."
            ),
            (
                "Those in greatest need were in theatre within twenty minutes; before, it had been first come, first "
                "served. Nobody of the staff was attacked."
            ),
            (
                "The hardest part of triage is that whoever sorts does not treat. Choose them before the hard day, train "
                "them, and protect them."
            ),
        ),
        specialty="emergency",
        days=150,
    ),
    Told(
        "member6.abroad",
        ("kidney_failure", "infection_control"),
        "dialysis_centre",
        (
            "التهابات قسطرة الغسيل: قائمة من سبع خطوات",
            "مركز غسيل كلى تكررت فيه الحمى بعد الجلسات، وقد أرسل أطباؤه صورًا للخطوات إلى زميل في الخارج.",
            (
                "راجعنا معًا عن بعد كيف تُوصل القسطرة، واتفقنا على سبع خطوات: غسل اليدين، قفازان، كمامتان، كلورهكسيدين، "
                "ثلاثون ثانية ليجف المطهر، غطاء جديد، توقيع.\nراقبت ممرضة واحدة كل أسبوع عشرين توصيلة، وعلّقت النتيجة."
            ),
            "نزلت حالات الحمى من تسع في الشهر إلى اثنتين خلال ربع سنة. لم تُشترَ أجهزة جديدة.",
            "ما يُراقَب ويُعلَّق يتحسن. ابدؤوا بالثواني الثلاثين التي يجف فيها المطهر.",
        ),
        (
            "Infections of dialysis catheters: a list of seven steps",
            (
                "A dialysis centre where fevers followed the sessions, whose doctors sent descriptions of their steps to "
                "a colleague abroad."
            ),
            (
                "Together, at a distance, we went through how a catheter is connected, and agreed on seven steps: hands, "
                "gloves, two masks, chlorhexidine, thirty seconds to dry, a new cap, a signature.\nOne nurse watched "
                "twenty connections every week and hung up the result."
            ),
            "Fevers fell from nine a month to two within a quarter of a year. No new equipment was bought.",
            "What is watched and hung up gets better. Begin with the thirty seconds in which the disinfectant dries.",
        ),
        specialty="nephrology",
        credited=True,
        days=185,
    ),
    Told(
        "member4.east",
        ("newborn_care", "preterm"),
        "hospital",
        (
            "حضن الأم بدل الحاضنة الناقصة",
            "قسم حديثي الولادة فيه حاضنتان تعملان، ويولد فيه خدّج كل أسبوع.",
            (
                "بدأنا رعاية الكنغر: جلد الأم إلى جلد وليدها ساعات متصلة، وكرسي مريح وستارة.\nعلّمنا الجدات أيضًا كيف "
                "يُقاس تنفس الوليد."
            ),
            "ثبتت حرارة الصغار، وخرجوا أبكر بخمسة أيام في المتوسط.",
            "الستارة والكرسي كانا ما ينقصنا، لا الحاضنة.",
        ),
        specialty="neonatology",
        state=CaseState.SUBMITTED,
        days=3,
    ),
    Told(
        "member3.west",
        ("diabetes",),
        "polyclinic",
        (
            "دفتر صغير لمرضى السكري",
            "عيادة مجمعة بلا سجلات إلكترونية.",
            "أعطينا كل مريض دفترًا بصفحات ملونة.",
            "تحسنت المتابعة.",
            "ما يحمله المريض لا يضيع.",
        ),
        state=CaseState.RETURNED,
        days=9,
    ),
    Told(
        "member1.east",
        ("hypertension",),
        "clinic",
        ("قياس الضغط في المسجد يوم الجمعة", "", "بدأنا بطاولة وجهازين.", "", ""),
        state=CaseState.DRAFT,
    ),
]
RETURNED = "فكرة طيبة يستفيد منها كل مركز. نرجو أن تكتبي كم مريضًا شملت، وماذا قيس قبلها وبعدها."


def load(cast: Cast) -> int:
    """Make all case studies and return how many there are."""
    for told in CASES:
        _make(cast, told)
    return len(CASES)


def _make(cast: Cast, told: Told) -> None:
    author = cast.person(told.author)
    fields = ("title", "setting", "done", "result", "lesson")
    content: dict[str, Any] = {"language": "ar", "credited": told.credited}
    for code, texts in (("ar", told.ar), ("en", told.en)):
        content |= {f"{field}_{code}": text for field, text in zip(fields, texts, strict=False)}
        if texts:
            content[f"setting_{code}"] = "\n\n".join(filter(None, [content[f"setting_{code}"], INVENTED[code]]))
    content["specialty"] = Specialty.objects.filter(code=told.specialty).first()
    content["facility_type"] = FacilityType.objects.get(code=told.facility_type)
    content["district"] = District.objects.filter(pcode=told.district).first()
    conditions = list(Condition.objects.filter(code__in=told.conditions))
    by = author.user
    case = services.create_case(author=author, content=content, conditions=conditions, uid=uuid4(), by=by)
    if told.state != CaseState.DRAFT:
        _submit(case, cast, told)
    _take_back(case, told.days)


def _submit(case: CaseStudy, cast: Cast, told: Told) -> None:
    services.submit_case(
        case=case,
        version=case.version,
        points=CasePoint.values,
        patient_consent=PatientConsent.NOT_NEEDED,
        confirmed=[],
        by=case.author.user,
    )
    region = case.author.region
    reviewer = cast.user(f"coordinator.{region.code}" if region else "national.abroad")
    if told.state == CaseState.RETURNED:
        services.return_case(case=case, by=reviewer, reason=RETURNED)
    if told.state == CaseState.PUBLISHED:
        services.accept_case(case=case, by=reviewer)
        services.publish_case(case=case, by=reviewer)
        # Demo only: the first was presented in a session of the past, which no service would put on an agenda today.
        held = Session.objects.filter(kind=SessionKind.CASE_STUDY, state=SessionState.CLOSED, host_region=region)
        CaseStudy.objects.filter(pk=case.pk).update(session=held.order_by("pk").first())


def _take_back(case: CaseStudy, days: int) -> None:
    """Demo only: let it have been written and decided on so many days ago, and nobody be told of it now."""
    now = timezone.now()
    case.refresh_from_db()
    CaseStudy.objects.filter(pk=case.pk).update(
        created_at=now - timedelta(days=days + 14),
        submitted_at=case.submitted_at and now - timedelta(days=days),
        decided_at=case.decided_at and now - timedelta(days=days - 4),
        published_at=case.published_at and now - timedelta(days=days - 5),
    )
    case.submissions.update(submitted_at=now - timedelta(days=days))
    if days > 5:
        kinds = [kind.code for kind in outbox.all_kinds()]
        outbox.withdraw(subject_ref=f"dialogues.casestudy:{case.pk}", kinds_=kinds)
