"""Words that the look through minutes knows: titles, the parts of names, common words that are names too, kinds of places of work."""

from network import search


def _set(text: str) -> frozenset[str]:
    return frozenset(search.fold(word) for word in text.split())


TITLES = _set(
    """
    د دكتور الدكتور دكتورة الدكتورة أ الأستاذ أستاذ الأستاذة السيد السيدة م المهندس المهندسة الحاج الحاجة الشيخ
    dr doctor prof professor mr mrs ms miss sheikh
    """
)
# Stand between the names of one person and are none themselves.
LINKS = _set("بن بنت ابن ibn ben bin bint")
# Begin a name that is written in two or three words.
OPENERS = _set("عبد أبو ابا ابي abd abdul abdel abdal abu abo abou al el")
SERVANTS = _set("abed abid")
# Make one family name with what follows, for some: Ben Ali and Benali, Bel Haj and بلحاج.
FAMILY_OPENERS = _set("بن بل بال ben bin bel bil")
# Words without which there is no sentence. Whatever they sound like, they are no other spelling of a name.
# Left out are those that are names as well, folded: على, بها, منه, said.
FUNCTION_WORDS = _set(
    """
    من إلى في عن مع أن إن أو أم أي هو هي هم هل لا ما لم لن قد كل هذا هذه ذلك تلك التي الذي الذين كان كانت ليس بعد قبل عند بين منذ حتى
    ثم لكن غير مثل أول أولى الأول الأولى آخر أحد اثنان اثني حين حيث إذا لأن كما فقط أيضا نحن أنا أنت له لها لهم لنا به فيه فيها منها منهم
    عليه عليها عليهم إليه إليها معه معها معهم عنه عنها كي بل
    a an the and or but if so as at by for from in into of off on onto out over to up with without about after again against all also am any
    are be because been before being between both can could did do does down during each either else ever every few had has have he her
    here hers him his how i is it its just less let like made make makes many may me might more most much must my near need never next no
    nobody none nor not nothing now once one only other others our ours own per same see she should since some somebody someone still
    such than that their theirs them then there these they this those though through thus together too two under until us very was we
    well were what when where whether which while who whoever whole whom whose why will within would yes yet you your yours
    """
)
# Stand between the words of a place and tell nothing.
SMALL = _set("al el the of for at in and a an و في من")

# Words of any page of minutes that are names as well: alone they are somebody's name only to whoever knows.
COMMON_WORDS = _set(
    """
    سالم سليم سلام سلامة صالح كريم أمين جميل سعيد نصر فرج هادي الهادي رمضان شعبان رجب خليفة شريف عادل ناجي نور بشير مبروك طيب الطيب أمل
    إيمان هدى وفاء رضا صفاء شفاء ضياء حياة حنان رحمة نعمة فاضل كامل عام خاص دائم مفتاح مصباح حكيم طبيب عميد رئيس نائب مدير صغير الصغير
    صادق ماهر عالي محسن مصلح شاكر حاضر غائب واصل عامر فتح فتحي خير زيادة بركة عزيز فريد وحيد مختار المختار حافظ ناصر
    المصري المغربي التونسي الطرابلسي المصراتي البنغازي جمعة الجمعة القاضي الحداد النجار الخياط الصيد الشيخ السوداني التركي العربي
    may will hope faith joy grace mark rose summer august amin said general major sharp young long short white black brown green
    """
)
# Names that half the country bears: alone they tell of nobody for sure.
COMMON_NAMES = _set(
    """
    محمد أحمد محمود حامد علي حسن حسين عمر عيسى موسى إبراهيم إسماعيل يوسف خالد منصور عبدالله عبدالسلام عبدالرحمن فاطمة عائشة مريم خديجة
    mohamed mohammed muhammad ahmed ahmad mahmoud hamed ali hassan hussein omar issa musa ibrahim ismail yousef khaled mansour abdullah
    fatma fatima aisha mariam khadija
    """
)

# The kinds of places of work, in both languages: by themselves they name no place.
GENERIC = _set(
    """
    مستشفى المستشفى مركز المركز عيادة العيادة مجمع المجمع مستوصف المستوصف وحدة الوحدة قسم القسم إدارة الإدارة مكتب المكتب وزارة الوزارة
    كلية الكلية جامعة الجامعة معهد المعهد مختبر معمل صيدلية الصيدلية بنك مصرف مخزن مدرسة منظمة المنظمة عام العام عامة العامة صحي الصحي
    صحية الصحية طبي الطبي طبية الطبية تعليمي التعليمي جامعي الجامعي مركزي المركزي قروي القروي ريفي الريفي تخصصي التخصصي تخصصية التخصصية
    مستقلة دولي الدولي دولية الدولية الرعاية رعاية الأولية أولية الخدمات خدمات الصحة صحة الطوارئ طوارئ الجراحة جراحة الأطفال أطفال
    الولادة ولادة النساء نساء الأدوية أدوية التدريب تدريب الإسعاف إسعاف مراجعة
    hospital hospitals center centre clinic polyclinic unit department ward directorate office ministry faculty college university institute
    laboratory lab pharmacy bank store school organisation organization general public health medical teaching central rural specialised
    specialized specialist international primary care services service emergency surgery children childrens paediatric pediatric maternity
    obstetrics medicines training ambulance
    """
)
