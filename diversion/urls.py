"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from diversion import pages
from diversion.accounts import Logout
from diversion.api import reads

urlpatterns = [
    path("", pages.home, name="home"),
    path("console/<slug:region_id>/", pages.console, name="console"),
    path("site/", pages.site_choice, name="site_choice"),
    path("site/<slug:site_id>/", pages.site, name="site"),
    path("screen/<slug:site_id>/", pages.screen, name="screen"),
    path("api/", include("diversion.api.urls")),
    # Before allauth's own, so that leaving also closes the sockets.
    path("accounts/logout/", Logout.as_view(), name="account_logout"),
    path("accounts/", include("allauth.urls")),
    path("administration/", include("diversion.administration.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("health/live", reads.live),
    path("health/ready", reads.ready),
]
