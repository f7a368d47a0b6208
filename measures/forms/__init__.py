from measures.forms.following import FilterForm as FilterForm
