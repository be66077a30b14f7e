from rest_framework import mixins, serializers, viewsets

from shop.models import Order, OrderItem


class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["id", "customer", "status"]


class ShortOrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["id", "customer", "status"]
        read_only_fields = ["customer"]


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderItem
        fields = ["order", "product", "quantity"]


class OrderView(viewsets.ModelViewSet):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer


class QuickOrderView(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Order.objects.all()
    serializer_class = ShortOrderSerializer


class OwnOrderView(viewsets.ModelViewSet):
    queryset = Order.objects.all()
    serializer_class = ShortOrderSerializer

    def perform_create(self, serializer):
        serializer.save(customer=self.request.user.customer)


class OldOrderView(viewsets.ModelViewSet):
    http_method_names = ["get", "patch"]
    queryset = Order.objects.all()
    serializer_class = ShortOrderSerializer


class ItemView(viewsets.ModelViewSet):
    queryset = OrderItem.objects.all()
    serializer_class = ItemSerializer
