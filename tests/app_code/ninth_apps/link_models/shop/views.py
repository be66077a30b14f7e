from rest_framework import serializers, viewsets

from shop.models import Customer, Order, OrderItem, Product


class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["status"]

    def create(self, validated_data):
        return self.Meta.model.objects.create(**validated_data)


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderItem
        fields = ["order", "quantity"]


class OrderViewSet(viewsets.ModelViewSet):
    serializer_class = OrderSerializer

    def perform_create(self, serializer):
        serializer.save(customer=self.request.user.customer)


class ItemViewSet(viewsets.ModelViewSet):
    serializer_class = ItemSerializer

    def perform_create(self, ser):
        product = Product.objects.get(pk=self.kwargs["product"])
        product.save(update_fields=["title"])
        ser.save(product=product)


def add_line(order: Order, product: Product):
    OrderItem.create(order, product)
    order.meta.update({"lines": 1})


def leave(customer: Customer):
    customer.all_orders.all().delete()


def preview(order_id):
    order = Order.objects.get(pk=order_id)
    order.customer = None
    return {"status": order.status}


def move(order_id, customer: Customer):
    order = Order.objects.get(pk=order_id)
    order.customer = customer
    order.save()
