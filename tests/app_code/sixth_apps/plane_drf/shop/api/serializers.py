from rest_framework import serializers

from shop.models import Order, OrderItem, Product


class BaseSerializer(serializers.ModelSerializer):
    id = serializers.PrimaryKeyRelatedField(read_only=True)


class OrderCreateSerializer(BaseSerializer):
    products = serializers.ListField(
        child=serializers.PrimaryKeyRelatedField(queryset=Product.objects.all()), write_only=True, required=False
    )

    class Meta:
        model = Order
        fields = "__all__"
        read_only_fields = ["customer", "created_at"]

    def create(self, validated_data):
        products = validated_data.pop("products", None)
        customer_id = self.context["customer_id"]
        order = Order.objects.create(**validated_data, customer_id=customer_id)
        if products is not None and len(products):
            OrderItem.objects.bulk_create(
                [
                    OrderItem(
                        order=order,
                        product=product,
                    )
                    for product in products
                ],
                batch_size=10,
                ignore_conflicts=True,
            )
        return order

    def update(self, instance, validated_data):
        products = validated_data.pop("products", None)
        if products is not None:
            OrderItem.objects.filter(order=instance).delete()
        return super().update(instance, validated_data)


class OrderItemSerializer(BaseSerializer):
    class Meta:
        model = OrderItem
        fields = ["id", "order", "product", "quantity"]
        read_only_fields = ["order"]


class OrderLiteSerializer(BaseSerializer):
    class Meta:
        model = Order
        fields = ["id", "status", "customer"]
