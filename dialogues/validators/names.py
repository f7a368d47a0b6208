"""Given names that are common in Libya, folded as `identifiers` folds a text: what most often gives a patient away."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Names that are hardly ever another word.
CERTAIN_ARABIC = words(
    """
    محمد احمد محمود مصطفي عبدالله عبدالرحمن عبدالسلام عبدالكريم عبدالعزيز عبدالقادر عبدالحميد عبدالحفيظ عبدالمجيد عبدالرزاق
    عبدالناصر عبدالباسط عبدالفتاح عبدالوهاب عبدالهادي عبداللطيف عبدالمنعم عبدالرحيم ابراهيم اسماعيل اسحاق يوسف يونس يعقوب موسي
    عيسي سليمان عثمان حسين حمزه خليفه بشير ميلاد امحمد بلقاسم ابوبكر بوبكر ابوالقاسم الصديق مراجع عاشور ادريس زكريا يحيي ايوب معمر
    مفتاح الطاهر الهادي ونيس عطيه فتحي لطفي رمزي شكري حمدي وليد طارق عصام هشام اسامه انس بلال مروان معاذ ايمن هيثم حسام ياسين طه
    عماد مالك خالد فوزي نوري سعيد مسعود عزالدين نورالدين صلاحالدين سيفالدين فاطمه خديجه عائشه عايشه مريم زينب حليمه سليمه سالمه
    امنه صفيه رقيه حواء نعيمه مبروكه زهره سعاد نجاه نجوي ليلي سميره سناء هناء اسماء شيماء خلود نادره ناديه فوزيه فتحيه لطيفه حميده
    سلمي مني سميه هاجر ساره ريم رانيا دينا غاده انتصار ابتسام زبيده مسعوده غزاله تبره يامنه رابحه
    """
)
# Names that are also everyday words: taken for a name only beside another one, or after "the patient", "Mr".
DOUBTFUL_ARABIC = words(
    """
    علي عمر حسن سالم صالح كريم منصور ناصر جمال كمال عادل فرج رضا سعد حامد ماجد راشد خليل سلام نور هدي امل ايمان وفاء رحمه نجاح
    سلوي جميله كريمه عزيز عزيزه شريف حكيم امين صادق سليم مبارك مبروك بركه فضل نصر فتح حمد عوض جمعه خميس رمضان رجب شعبان
    """
)
CERTAIN_LATIN = words(
    """
    mohamed mohammed mohammad muhammad mohamad muhammed ahmed ahmad mahmoud mahmud mustafa mustapha abdullah abdallah abdulrahman
    abdelrahman abdulsalam abdelsalam abdulkarim abdelkarim abdulaziz abdelaziz abdulkader abdelkader ibrahim ismail yousef
    youssef yusuf younis yunus musa moussa issa suleiman sulaiman suliman othman osman hussein hussain hamza khalifa khaled khalid
    bashir milad ramadan ashour idris idriss yahya ayoub muftah fathi lutfi walid waleed tarek tariq hisham osama anas bilal
    marwan muath ayman haitham hussam yassin emad imad nuri nouri miloud belgasem abubakr aboubakr fatima fatma fathia khadija
    khadeja aisha aysha mariam maryam zainab zeinab halima salima salma salha safia naima mabrouka suad souad najat laila leila
    samira sanaa hanaa asma shaima nadia fawzia latifa huda hajer sara rania ghada intisar ali omar umar hassan salem saleh
    mansour mansur nasser abdulnasser
    """
)
