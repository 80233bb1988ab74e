"""Addresses of what stands in for the demo shop's own systems."""

from __future__ import annotations

from django.urls import path

from csbot.demo import orders

urlpatterns = [path("demo/api/orders/<str:number>", orders.order, name="demo_order")]
