"""Every address under /api/. Commands are POSTs named after what they do."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from diversion.api import cad, histories, reads, site_writes, writes

urlpatterns = [
    path("me", reads.Me.as_view()),
    path("regions", reads.Regions.as_view()),
    path("regions/<slug:region_id>/snapshot", reads.Snapshot.as_view()),
    path("regions/<slug:region_id>/feed", reads.Feed.as_view()),
    path("regions/<slug:region_id>/plan", reads.PlanView.as_view()),
    path("regions/<slug:region>/transports", writes.open_transport),
    path("regions/<slug:region>/redirects", writes.Redirects.as_view()),
    path("regions/<slug:region>/incidents", site_writes.declare_incident),
    path("regions/<slug:region>/questions", site_writes.ask_question),
    path("regions/<slug:region>/policy", site_writes.change_policy),
    path("questions/<uuid:pk>/answer", site_writes.answer_question),
    path("questions/<uuid:pk>/close", site_writes.close_question),
    path("sites/<slug:site>/quarantine", site_writes.quarantine_site),
    path("sites/<slug:site>/release", site_writes.release_site),
    path("sites/<slug:site>/diversions", site_writes.declare),
    path("sites/<slug:site>/episodes", histories.Episodes.as_view()),
    path("sites/<slug:site>/beat", site_writes.Beat.as_view()),
    path("diversions/<uuid:pk>/timeline", histories.Timeline.as_view()),
    path("diversions/<uuid:pk>/amend", site_writes.amend),
    path("diversions/<uuid:pk>/attest", site_writes.attest),
    path("diversions/<uuid:pk>/confirm", site_writes.confirm),
    path("diversions/<uuid:pk>/reopening", site_writes.ask_reopening),
    path("diversions/<uuid:pk>/reopening/acknowledge", site_writes.acknowledge_reopening),
    path("diversions/<uuid:pk>/reopening/decline", site_writes.decline_reopening),
    path("diversions/<uuid:pk>/seen", site_writes.see),
    path("diversions/<uuid:pk>/lift", site_writes.lift),
    path("diversions/<uuid:pk>/withdraw", site_writes.withdraw),
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
    path("cad/regions/<slug:region_id>/vehicles", cad.Vehicles.as_view()),
    path("cad/regions/<slug:region_id>/positions", cad.Positions.as_view()),
    path("cad/regions/<slug:region_id>/transports", cad.Transports.as_view()),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    # The split view, because the content policy allows no script inside a page.
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api_docs.html")),
    re_path("", reads.Nowhere.as_view()),
]
