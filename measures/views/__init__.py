from measures.views.following import follow as follow, following as following
from measures.views.reading import action as action, detail as detail
from measures.views.waiting import mine as mine
