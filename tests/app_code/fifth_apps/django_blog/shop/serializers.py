from rest_framework import serializers

from .models import Order, OrderItem


class OrderItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderItem
        fields = ("id", "product", "quantity")


class OrderSerializer(serializers.ModelSerializer):
    items = OrderItemSerializer(many=True)

    class Meta:
        model = Order
        fields = ["id", "status", "items"]

    def create(self, validated_data):
        items = validated_data.pop("items")
        order = Order.objects.create(customer=self.context["request"].user.customer, **validated_data)
        for item in items:
            OrderItem.objects.create(order=order, **item)
        return order
