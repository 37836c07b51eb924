"""Every address of the product."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from diversion import offline, pages, streets
from diversion.accounts import enrol, me, people
from diversion.operations import health
from diversion.public import pages as public

# The administration's own login form knows no second factor and no limits: it gets ours.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign,no-untyped-call]

urlpatterns = [
    path("", pages.home, name="home"),
    path("exercise/", pages.exercise, name="exercise"),
    path("console/<slug:region_id>/", pages.console, name="console"),
    path("crew/<slug:region_id>/", pages.crew, name="crew"),
    path("site/", pages.site_choice, name="site_choice"),
    path("site/<slug:site_id>/", pages.site, name="site"),
    path("screen/<slug:site_id>/", pages.screen, name="screen"),
    path("api/", include("diversion.api.urls")),
    path("administration/", include("diversion.administration.urls")),
    path("accounts/", include("diversion.accounts.urls")),
    path("enrol/<str:secret>/", enrol.enrol, name="enrol"),
    path("me/", me.me, name="me"),
    path("me/sessions/<slug:name>/end/", me.end, name="end_session"),
    path("people/<slug:region_id>/", people.people, name="people"),
    path("people/<slug:region_id>/invite/", people.invite, name="invite"),
    path("people/<slug:region_id>/<int:user_id>/", people.act, name="act_on_person"),
    path("map/", streets.current, name="map"),
    path("map/<slug:name>/streets.pmtiles", streets.tiles, name="map_tiles"),
    path("sw.js", offline.worker, name="worker"),
    path("app.webmanifest", offline.manifest, name="app_manifest"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("bulletin/", public.choice, name="bulletin_choice"),
    path("bulletin/style.<slug:version>.css", public.style, name="bulletin_style"),
    path("bulletin/<slug:language>/<slug:region_id>/", public.region, name="bulletin_region"),
    path("bulletin/<slug:language>/<slug:region_id>/atom.xml", public.feed, name="bulletin_feed"),
    path("bulletin/<slug:language>/<slug:region_id>/<int:number>/", public.permalink, name="bulletin_permalink"),
    path("bulletin/<slug:language>/<slug:region_id>/site/<slug:site_id>/", public.site, name="bulletin_site"),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", health.metrics),
]
