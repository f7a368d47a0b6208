from django.contrib.admin.apps import AdminConfig


class JisrAdminConfig(AdminConfig):
    default_site = "network.admin_site.JisrAdminSite"
