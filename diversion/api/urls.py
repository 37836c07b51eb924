"""Every address under /api/. Commands are POSTs named after what they do."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from diversion.api import cad, channels, reads, writes

urlpatterns = [
    path("me", reads.Me.as_view()),
    path("regions", reads.Regions.as_view()),
    path("regions/<slug:region_id>/snapshot", reads.Snapshot.as_view()),
    path("regions/<slug:region_id>/feed", reads.Feed.as_view()),
    path("regions/<slug:region_id>/plan", reads.PlanView.as_view()),
    path("regions/<slug:region>/transports", writes.open_transport),
    path("regions/<slug:region>/redirects", writes.Redirects.as_view()),
    path("sites/<slug:site>/diversions", writes.declare),
    path("sites/<slug:site>/beat", writes.Beat.as_view()),
    path("diversions/<uuid:pk>/amend", writes.amend),
    path("diversions/<uuid:pk>/seen", writes.see),
    path("diversions/<uuid:pk>/lift", writes.lift),
    path("diversions/<uuid:pk>/withdraw", writes.withdraw),
    path("transports/<uuid:pk>/options", reads.Options.as_view()),
    path("transports/<uuid:pk>/update", writes.update_transport),
    path("transports/<uuid:pk>/finish", writes.finish_transport),
    path("transports/<uuid:pk>/redirect", writes.redirect),
    path("transports/<uuid:pk>/keep", writes.keep),
    path("transports/<uuid:pk>/notice", writes.send_notice),
    path("redirects/<uuid:pk>/acknowledge", writes.acknowledge_redirect),
    path("redirects/<uuid:pk>/cancel", writes.cancel_redirect),
    path("notices/<uuid:pk>/seen", writes.see_notice),
    path("notices/<uuid:pk>/acknowledge", writes.acknowledge_notice),
    path("notices/<uuid:pk>/concern", writes.raise_concern),
    path("regions/<slug:region>/channels", channels.add),
    path("regions/<slug:region_id>/deliveries", channels.Deliveries.as_view()),
    path("channels/<uuid:pk>/change", channels.change),
    path("channels/<uuid:pk>/test", channels.test),
    path("channels/<uuid:pk>/retire", channels.retire),
    path("cad/regions/<slug:region_id>/vehicles", cad.Vehicles.as_view()),
    path("cad/regions/<slug:region_id>/positions", cad.Positions.as_view()),
    path("cad/regions/<slug:region_id>/transports", cad.Transports.as_view()),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    # The split view, because the content policy allows no script inside a page.
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api_docs.html")),
    re_path("", reads.Nowhere.as_view()),
]
