"""Every address of administration, under /administration/."""

from django.urls import path

from diversion.administration import machines, policy, registry, views

urlpatterns = [
    path("", views.regions, name="administration"),
    path("<slug:region_id>/", views.Overview.as_view(), name="administration_region"),
    path("<slug:region_id>/policy/", policy.Policy.as_view(), name="administration_policy"),
    path("<slug:region_id>/registry/", registry.RegistryPage.as_view(), name="administration_registry"),
    path("<slug:region_id>/machines/", machines.Machines.as_view(), name="administration_machines"),
]
