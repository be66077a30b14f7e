from django.db import transaction
from django.http import Http404
from rest_framework import serializers, viewsets

from shop.models import Order, OrderItem, Product


class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ("id", "status")

    def create(self, validated_data):
        items = validated_data.pop("items", [])
        order = Order.objects.create(**validated_data)
        OrderItem.objects.bulk_create([OrderItem(order=order, **item) for item in items])
        return order


class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer

    @transaction.atomic
    def checkout(self, request, pk=None):
        cart = request.session.get("cart") or {}
        order = Order(customer=request.user.customer, status=Order.Status.NEW)
        order.save()
        for product_id, quantity in cart.items():
            item = OrderItem()
            item.order = order
            item.product_id = product_id
            item.quantity = quantity
            item.save()
        return order

    def perform_destroy(self, instance):
        order = Order.objects.get(pk=instance.pk)
        order.orderitem_set.all().delete()
        order.delete()
